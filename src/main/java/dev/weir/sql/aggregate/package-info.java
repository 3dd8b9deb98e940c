/**
 * Contains the SQL aggregate functions {@code MASE}, {@code SMAPE} and {@code COVERAGE}, which
 * score forecasts.
 *
 * <p>Start at {@link dev.weir.sql.aggregate.Mase}.
 *
 * <p>Allowed imports: Flink and the JDK.
 */
package dev.weir.sql.aggregate;
