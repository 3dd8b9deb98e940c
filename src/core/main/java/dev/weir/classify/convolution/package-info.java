/**
 * Computes features of windows by fixed convolutional kernels.
 *
 * <p>Start at {@link dev.weir.classify.convolution.MiniRocket}.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.classify.convolution;
