/**
 * The forward pass of one window, in several implementations that give the same bits: plain Java,
 * by columns, and with the Vector API. {@link dev.weir.rnn.kernel.Kernels} chooses one for this
 * machine. May import {@code rnn.cell} and the JDK.
 */
package dev.weir.rnn.kernel;
