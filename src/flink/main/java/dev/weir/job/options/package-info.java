/**
 * Declares the options of a job file, reads the file, and generates the reference of the options.
 *
 * <p>Start at {@link dev.weir.job.options.JobOptions}.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.alarm}, {@code forecast.contest}, {@code
 * forecast.engine}, {@code forecast.expert}, {@code kafka}, {@code kafka.mapping}, {@code
 * kafka.wire}, {@code model}, {@code option}, {@code spec}, {@code webhook}, Flink, SnakeYAML,
 * SLF4J and the JDK.
 */
package dev.weir.job.options;
