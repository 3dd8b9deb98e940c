/**
 * Contains the data classes of classification: labelled windows, probabilities and scores. The
 * subpackages classify:
 *
 * <ul>
 *   <li>{@code network} trains and runs recurrent networks.
 *   <li>{@code convolution} computes features by fixed kernels.
 *   <li>{@code stream} classifies the rows of a series as they come and learns from their labels.
 *   <li>{@code series} cuts series into windows and calls the packages above for each of them.
 * </ul>
 *
 * <p>Start at {@link dev.weir.classify.stream.StreamClassifier}.
 *
 * <p>Allowed imports: the JDK. This package and its subpackages never import Flink, Kafka or Avro.
 */
package dev.weir.classify;
