/**
 * Builds the Flink job from a job file and submits it.
 *
 * <p>Start at {@link dev.weir.job.ForecastJob}, the main class for {@code flink run}. {@link
 * dev.weir.job.ForecastPipeline} connects sources, operators and sink. {@link
 * dev.weir.job.JobSettings} is a validated job file. {@link dev.weir.job.HistoryProgress} shows how
 * far a bounded job has read.
 *
 * <p>Allowed imports: {@code classify}, {@code file}, {@code forecast}, {@code forecast.alarm},
 * {@code forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.network}, {@code forecast.shared}, {@code holiday}, {@code job.options}, {@code kafka},
 * {@code kafka.admin}, {@code kafka.codec}, {@code kafka.connector}, {@code kafka.mapping}, {@code
 * model}, {@code option}, {@code spec}, {@code stream}, {@code stream.contest}, {@code
 * stream.covariate}, {@code stream.group}, {@code stream.shared}, {@code webhook}, Commons CLI,
 * Flink, the Kafka clients, SLF4J and the JDK.
 */
package dev.weir.job;
