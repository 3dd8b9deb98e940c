/**
 * The words of forecasting: observation, window, forecast, dead letter; how a series is brought
 * into event-time order and cut into windows; how a network turns a window into a forecast.
 *
 * <p>Learning: a {@link dev.weir.forecast.Learner} mixes the experts of {@link
 * dev.weir.forecast.expert} by their errors; what it knows of a series is one {@link
 * dev.weir.forecast.LearnerState}; {@link dev.weir.forecast.Evaluation} tells what that is worth.
 *
 * <p>May import {@code dev.weir.model}, {@code dev.weir.rnn} and the JDK. It never sees Flink,
 * Kafka or Avro, so that the same lines run in a job, in an evaluation and in a test.
 */
package dev.weir.forecast;
