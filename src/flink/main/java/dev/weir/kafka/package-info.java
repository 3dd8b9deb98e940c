/**
 * Contains the settings of the connection to Kafka: brokers, topics, registry and source range. The
 * subpackages use these settings:
 *
 * <ul>
 *   <li>{@code admin} creates, checks and inspects topics.
 *   <li>{@code codec} converts records to bytes and back.
 *   <li>{@code connector} builds the job's sources and sink, and writes observations.
 *   <li>{@code covariate} reads the topics of covariates and of outside forecasts.
 *   <li>{@code mapping} reads records of any other kind as observations.
 *   <li>{@code registry} reads schemas from a schema registry.
 *   <li>{@code wire} checks the bytes of a record before Avro decodes them.
 * </ul>
 *
 * <p>Start at {@link dev.weir.kafka.KafkaSettings}; {@link dev.weir.kafka.KafkaClients} opens
 * admins, consumers and producers. The classes in {@code dev.weir.kafka.avro} are generated from
 * {@code src/flink/main/avro}.
 *
 * <p>The subpackages never import {@code stream}, {@code sql}, {@code job}, {@code dashboard} or
 * {@code cli}.
 */
package dev.weir.kafka;
