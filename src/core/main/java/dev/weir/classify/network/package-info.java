/**
 * Trains recurrent networks that classify windows, and runs them.
 *
 * <p>Start at {@link dev.weir.classify.network.ClassifierTrainer}.
 *
 * <p>Allowed imports: {@code classify}, {@code model}, {@code rnn}, {@code rnn.cell}, {@code
 * rnn.training} and the JDK.
 */
package dev.weir.classify.network;
