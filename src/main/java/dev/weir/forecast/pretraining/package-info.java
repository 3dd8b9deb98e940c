/**
 * Trains the network that combines candidate forecasts, once for all series: on given series and on
 * ones that are made at random.
 *
 * <p>Start at {@link dev.weir.forecast.pretraining.CandidateTrainer}.
 *
 * <p>Allowed imports: {@code forecast.candidate}, {@code forecast.learn}, {@code model}, {@code
 * rnn.cell}, {@code rnn.training} and the JDK.
 */
package dev.weir.forecast.pretraining;
