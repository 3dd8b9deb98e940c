/**
 * Contains the experts that average what followed similar moments in the past of a series, and the
 * distances between such moments.
 *
 * <p>Start at {@link dev.weir.forecast.expert.analog.Analogs}.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code rnn.kernel} and the JDK.
 */
package dev.weir.forecast.expert.analog;
