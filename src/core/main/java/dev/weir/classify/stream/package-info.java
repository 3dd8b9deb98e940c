/**
 * Classifies the rows of a series as they come, and learns from their labels.
 *
 * <p>Start at {@link dev.weir.classify.stream.StreamClassifier}.
 *
 * <p>Allowed imports: {@code classify}, {@code rnn} and the JDK.
 */
package dev.weir.classify.stream;
