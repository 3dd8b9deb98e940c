/**
 * Trains recurrent networks that classify windows, and runs them.
 *
 * <p>Start at {@link dev.weir.classify.network.ClassifierTrainer}.
 *
 * <p>Allowed imports: {@code classify}, {@code model}, {@code rnn} and the JDK.
 */
package dev.weir.classify.network;
