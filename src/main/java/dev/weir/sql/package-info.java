/**
 * Forecasts in Flink SQL: the table function {@code FORECAST}, a provider of models for {@code
 * ML_PREDICT}, aggregates that tell what forecasts were worth, and the module that brings them all
 * by {@code LOAD MODULE weir}.
 *
 * <p>May import {@code dev.weir.forecast}, {@code dev.weir.model}, {@code dev.weir.option}, {@code
 * dev.weir.state} and Flink's table API; never {@code dev.weir.stream} or {@code dev.weir.kafka},
 * so that its jar needs neither.
 */
package dev.weir.sql;
