/**
 * Computes features of windows by fixed convolutional kernels, and classes by a ridge regression on
 * them.
 *
 * <p>Start at {@link dev.weir.classify.convolution.MiniRocket}.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.classify.convolution;
