/**
 * Contains the nearest-neighbor experts. They find the past windows that are similar to the newest
 * one, and average the values that followed. The package also computes the distances between
 * windows.
 *
 * <p>Start at {@link dev.weir.forecast.expert.analog.Analogs}.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.explanation}, {@code rnn.kernel} and
 * the JDK.
 */
package dev.weir.forecast.expert.analog;
