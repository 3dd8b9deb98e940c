/**
 * Reads the topics of covariates and of outside forecasts: Avro of {@code covariates.avsc} or
 * {@code outside.avsc}, JSON objects with the same fields, or other records by a mapping.
 *
 * <p>Start at {@link dev.weir.kafka.covariate.AheadDeserializer}.
 *
 * <p>Allowed imports: {@code forecast}, {@code kafka}, {@code kafka.avro}, {@code kafka.codec},
 * {@code kafka.mapping}, {@code kafka.registry}, {@code kafka.wire}, Avro, Flink, the Kafka clients
 * and the JDK.
 */
package dev.weir.kafka.covariate;
