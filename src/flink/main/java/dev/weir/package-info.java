/**
 * Weir forecasts time series that arrive on a Kafka topic. This page lists the packages and the
 * classes in which the main events of a job happen. The first seven are in the Maven module {@code
 * core}, without Flink or Kafka; page and command line are in {@code cli}, what we measure and
 * train with in {@code lab}, which is not published; all others are in {@code flink}.
 *
 * <ul>
 *   <li>{@link dev.weir.rnn} computes recurrent networks.
 *   <li>{@link dev.weir.model} reads and writes models.
 *   <li>{@link dev.weir.forecast} learns and forecasts series.
 *   <li>{@link dev.weir.classify} classifies windows of series.
 *   <li>{@link dev.weir.option} declares the options that all ways to use Weir share.
 *   <li>{@link dev.weir.spec} checks the options of a forecast or of classes together.
 *   <li>{@link dev.weir.core} is the public API of all that, for any program.
 *   <li>{@link dev.weir.state} serializes the state of a series.
 *   <li>{@link dev.weir.stream} runs the forecasting as a Flink operator.
 *   <li>{@link dev.weir.kafka} reads and writes the topics.
 *   <li>{@link dev.weir.file} reads the files that a job file or a statement names.
 *   <li>{@link dev.weir.holiday} finds public holidays and a user's own.
 *   <li>{@link dev.weir.job} reads the job file and builds the Flink job.
 *   <li>{@link dev.weir.sql} provides the forecasting in Flink SQL.
 *   <li>{@link dev.weir.webhook} posts incidents to an HTTP endpoint.
 *   <li>{@link dev.weir.dashboard} serves the live page.
 *   <li>{@code dev.weir.lab} measures Weir, {@code dev.weir.bench} the speed of its jobs, and
 *       {@code dev.weir.synthetic} makes series at random.
 *   <li>{@link dev.weir.cli} is the command line.
 * </ul>
 *
 * <p>Where things happen:
 *
 * <ul>
 *   <li>{@link dev.weir.kafka.codec.ObservationDeserializer} decodes an observation and turns an
 *       unreadable one into a dead letter.
 *   <li>{@link dev.weir.forecast.window.SeriesEngine} lets an observation wait for earlier ones and
 *       turns a late one into a dead letter, for forecasts and classes.
 *   <li>{@link dev.weir.forecast.learn.Learner#observe} scores the earlier forecasts of an observed
 *       value (in {@code Chain.score}) and then learns from the value.
 *   <li>{@code AlarmMonitor} in {@link dev.weir.forecast.engine} judges each value and creates the
 *       incidents that the job writes.
 *   <li>{@code ModeForecaster} in {@link dev.weir.forecast.engine} creates the score that the job
 *       writes.
 *   <li>{@code SeriesFunction.processBroadcastElement} in {@link dev.weir.stream} replaces the
 *       weights of a running job.
 *   <li>{@link dev.weir.kafka.codec.OutputRecords} chooses the topic of each forecast, score and
 *       dead letter, and writes the schema header.
 *   <li>{@link dev.weir.kafka.codec.DeadLetterCodec} writes the headers of a dead letter.
 *   <li>{@link dev.weir.forecast.learn.LearnerStateFormat} converts learned state to bytes and
 *       back; {@link dev.weir.state.LearnerStateSerializer} adapts it to Flink.
 *   <li>{@link dev.weir.dashboard.http.PageServer} answers the live page's HTTP requests.
 *   <li>{@link dev.weir.kafka.registry.SchemaRegistry} sends HTTP requests to a schema registry,
 *       and {@link dev.weir.cli.cluster.FlinkRest} to Flink's REST API.
 * </ul>
 */
package dev.weir;
