/**
 * The records of forecasting: observation, forecast, score, dead letter, and where they came from.
 *
 * <ul>
 *   <li>{@code window}: event-time order and windows of a series.
 *   <li>{@code expert}: methods that forecast one series; add your own here.
 *   <li>{@code learn}: the mixture of experts and its state.
 *   <li>{@code network}: base models and their training.
 *   <li>{@code engine}: all of that for one series after another.
 * </ul>
 *
 * <p>Imports {@code dev.weir.model}, {@code dev.weir.rnn} and the JDK. Never Flink, Kafka or Avro,
 * so the same code runs in a job, in SQL, in an evaluation and in a test.
 */
package dev.weir.forecast;
