/**
 * Builds the Flink job from a job file and submits it.
 *
 * <p>Start at {@link dev.weir.job.ForecastJob}, the main class for {@code flink run}. {@link
 * dev.weir.job.ForecastPipeline} connects sources, operators and sink. {@link
 * dev.weir.job.JobSettings} is a validated job file.
 */
package dev.weir.job;
