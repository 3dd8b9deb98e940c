/**
 * Forecasts, alarms and classes of series in any Java program. Other programs may use this package
 * of the artifact {@code weir-core}, and the records in {@link dev.weir.forecast} that it returns.
 * Needs neither Flink nor Kafka.
 *
 * <pre>{@code
 * Forecaster forecaster = Forecaster.builder().horizon(24).season(24).build();
 * for (Observation o : observations) {
 *   Forecast next = forecaster.observe(o);
 * }
 * }</pre>
 *
 * <p>Start at {@link dev.weir.core.Forecaster}. A {@link dev.weir.core.Series} is the state of one
 * series; it can be saved as bytes and restored. {@link dev.weir.core.Classifier} does the same for
 * classes. The arithmetic is that of a job, and so is its construction: the same options give the
 * same bits. {@code docs/embedding.md} has examples for a plain program and for Kafka Streams.
 *
 * <p>Public signatures name types of these two packages and of the JDK alone ({@code
 * PublicSignaturesTest}).
 */
package dev.weir.core;
