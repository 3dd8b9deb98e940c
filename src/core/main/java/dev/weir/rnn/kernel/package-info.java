/**
 * Computes the forward pass of a window. There are several implementations with bit-identical
 * results: scalar code, loops over columns, and the Vector API.
 *
 * <p>Start at {@link dev.weir.rnn.kernel.Kernels}, which selects the implementation for a network
 * and this machine.
 *
 * <p>Allowed imports: {@code rnn.cell} and the JDK.
 */
package dev.weir.rnn.kernel;
