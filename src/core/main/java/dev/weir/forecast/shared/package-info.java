/**
 * Shared learning: trains a copy of the base model on samples of all series of a job, compares it
 * with the active model on series that are held out, and decides when to publish it and when to go
 * back. Knows neither Flink nor Kafka.
 *
 * <p>Start at {@link dev.weir.forecast.shared.SharedTrainer}. {@link
 * dev.weir.forecast.shared.BlockSampler} selects what it learns from; {@link
 * dev.weir.forecast.shared.TrainingCost} says how much that may be.
 */
package dev.weir.forecast.shared;
