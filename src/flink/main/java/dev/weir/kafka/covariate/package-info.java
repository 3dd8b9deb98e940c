/**
 * Reads the topics of covariates and of outside forecasts: Avro of {@code covariates.avsc} or
 * {@code outside.avsc}, JSON objects with the same fields, or covariates by a mapping.
 *
 * <p>Start at {@link dev.weir.kafka.covariate.CovariateDeserializer}.
 */
package dev.weir.kafka.covariate;
