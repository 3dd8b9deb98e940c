/**
 * Computes gradients and updates weights with the semantics of {@code torch.optim}.
 *
 * <p>Start at {@link dev.weir.rnn.training.TrainableRnn}, which computes the gradients of a {@link
 * dev.weir.rnn.training.Loss}. An {@link dev.weir.rnn.training.Optimizer} applies them to the
 * weights. The caller owns the weights and the optimizer's state; all other arrays are temporary.
 *
 * <p>Allowed imports: {@code rnn}, {@code rnn.cell}, {@code rnn.kernel} and the JDK.
 */
package dev.weir.rnn.training;
