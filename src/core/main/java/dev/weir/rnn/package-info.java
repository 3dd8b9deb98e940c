/**
 * Computes recurrent networks with the semantics of {@code torch.nn}: RNN (tanh or relu), LSTM and
 * GRU, stacked and bidirectional, with PyTorch's order of weights and gates and PyTorch's
 * initialization.
 *
 * <p>Start at {@link dev.weir.rnn.RnnConfig}, the shape of a network, and {@link dev.weir.rnn.Rnn},
 * which computes one with one of the kernels; {@link dev.weir.rnn.TrainableRnn} computes gradients,
 * and {@link dev.weir.rnn.Adam} the updates. There are three kinds of arrays:
 *
 * <ul>
 *   <li><b>Learned weights</b> are one {@code float[]} in the order of {@link
 *       dev.weir.rnn.RnnConfig#parameters()}. The caller owns and saves them.
 *   <li><b>Packed weights</b> are the same numbers in the layout of one kernel. They are rebuilt
 *       when weights are loaded, and are never saved.
 *   <li><b>Temporary arrays</b> contain activations. Each call reuses them, and they are never
 *       saved.
 * </ul>
 */
package dev.weir.rnn;
