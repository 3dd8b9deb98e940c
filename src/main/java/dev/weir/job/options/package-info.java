/**
 * Declares the options of a job file, reads the file, and generates the reference of the options.
 *
 * <p>Start at {@link dev.weir.job.options.JobOptions}.
 *
 * <p>Allowed imports: {@code forecast.expert.network}, {@code forecast.learn}, {@code
 * forecast.window}, {@code kafka}, {@code model}, {@code option}, {@code rnn.cell}, Flink,
 * SnakeYAML, SLF4J and the JDK.
 */
package dev.weir.job.options;
