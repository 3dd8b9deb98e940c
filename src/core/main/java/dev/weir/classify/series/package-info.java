/**
 * Classifies the windows of many series as their observations and labels come.
 *
 * <p>Start at {@link dev.weir.classify.series.SeriesClassifier}.
 *
 * <p>Allowed imports: {@code classify}, {@code classify.convolution}, {@code classify.network},
 * {@code classify.stream}, {@code forecast}, {@code forecast.window}, {@code model} and the JDK.
 */
package dev.weir.classify.series;
