/**
 * Contains the SQL aggregate functions {@code MASE}, {@code SMAPE}, {@code COVERAGE}, {@code
 * INTERVAL_SCORE}, {@code PINBALL_LOSS} and {@code CRPS}, which score forecasts, and {@code
 * ACCURACY} and {@code LOG_LOSS}, which score classes.
 *
 * <p>Start at {@link dev.weir.sql.aggregate.Mase}.
 */
package dev.weir.sql.aggregate;
