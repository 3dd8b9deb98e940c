/**
 * Provides forecasts in Flink SQL: the table functions {@code FORECAST}, {@code ANOMALIES} and
 * {@code CLASSIFY}, models for {@code ML_PREDICT}, and the aggregate functions of {@code
 * sql.aggregate}. The statement {@code LOAD MODULE weir} registers the functions.
 *
 * <p>Start at {@link dev.weir.sql.ForecastTableFunction}. The SQL jar contains neither {@code
 * stream} nor {@code kafka}.
 */
package dev.weir.sql;
