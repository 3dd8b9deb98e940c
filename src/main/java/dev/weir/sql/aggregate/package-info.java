/**
 * Contains the SQL aggregate functions {@code MASE}, {@code SMAPE} and {@code COVERAGE}, which
 * score forecasts, and {@code ACCURACY} and {@code LOG_LOSS}, which score classes.
 *
 * <p>Start at {@link dev.weir.sql.aggregate.Mase}.
 *
 * <p>Allowed imports: {@code classify}, Flink and the JDK.
 */
package dev.weir.sql.aggregate;
