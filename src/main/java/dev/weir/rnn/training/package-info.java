/**
 * Gradients and optimizers with the semantics of {@code torch.optim}. Start at {@link
 * dev.weir.rnn.training.TrainableRnn}; {@link dev.weir.rnn.training.Loss} is what the gradients are
 * of, and an {@link dev.weir.rnn.training.Optimizer} applies them. Weights and an optimizer's state
 * belong to the caller; everything else is scratch. May import {@code rnn} and the JDK.
 */
package dev.weir.rnn.training;
