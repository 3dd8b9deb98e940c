/**
 * Contains the experts that are small recurrent networks and learn each series online.
 *
 * <p>Start at {@link dev.weir.forecast.expert.recurrent.WindowedNetwork}, which forecasts from the
 * newest window.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.expert.seasonal}, {@code
 * forecast.explanation}, {@code rnn}, {@code rnn.cell}, {@code rnn.training} and the JDK.
 */
package dev.weir.forecast.expert.recurrent;
