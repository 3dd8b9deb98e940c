/**
 * Classifies windows by a mixture of networks and convolutional features, with calibrated
 * probabilities.
 *
 * <p>Start at {@link dev.weir.cli.classify.ensemble.WindowClassifier}. Only commands use it, so it
 * is not in the core, which needs no linear algebra.
 *
 * <p>Allowed imports: {@code classify}, {@code classify.convolution}, {@code classify.network},
 * {@code model}, {@code rnn.cell}, EJML and the JDK.
 */
package dev.weir.cli.classify.ensemble;
