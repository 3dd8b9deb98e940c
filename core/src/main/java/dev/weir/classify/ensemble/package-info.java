/**
 * Classifies windows by a mixture of networks and convolutional features, with calibrated
 * probabilities.
 *
 * <p>Start at {@link dev.weir.classify.ensemble.WindowClassifier}.
 *
 * <p>Allowed imports: {@code classify}, {@code classify.convolution}, {@code classify.network},
 * {@code model}, {@code rnn.cell} and the JDK.
 */
package dev.weir.classify.ensemble;
