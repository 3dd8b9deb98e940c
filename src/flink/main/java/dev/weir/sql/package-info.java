/**
 * Provides forecasts in Flink SQL: the table functions {@code FORECAST}, {@code ANOMALIES} and
 * {@code CLASSIFY}, models for {@code ML_PREDICT}, and the aggregate functions of {@code
 * sql.aggregate}. The statement {@code LOAD MODULE weir} registers the functions.
 *
 * <p>Start at {@link dev.weir.sql.ForecastTableFunction}. The SQL jar contains neither {@code
 * stream} nor {@code kafka}.
 *
 * <p>Allowed imports: {@code classify}, {@code file}, {@code forecast}, {@code forecast.alarm},
 * {@code forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.network}, {@code forecast.window}, {@code holiday}, {@code model}, {@code option},
 * {@code spec}, {@code sql.aggregate}, {@code state}, Flink, SLF4J and the JDK.
 */
package dev.weir.sql;
