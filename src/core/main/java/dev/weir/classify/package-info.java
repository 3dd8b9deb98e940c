/**
 * Classifies windows of series: cuts series into windows, runs networks, computes features by fixed
 * kernels, and learns from the labels of a series as they come.
 *
 * <p>Start at {@link dev.weir.classify.SeriesClassifier}, which calls the others for each window of
 * a series; {@link dev.weir.classify.StreamClassifier} mixes the methods that learn from labels,
 * {@link dev.weir.classify.NetworkClassifier} runs a network.
 *
 * <p>This package never imports Flink, Kafka or Avro.
 */
package dev.weir.classify;
