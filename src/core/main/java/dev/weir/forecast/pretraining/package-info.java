/**
 * Trains networks once for all series, on given series and on ones that are made at random: those
 * that combine candidate forecasts, and those that read windows and seasons.
 *
 * <p>Start at {@link dev.weir.forecast.pretraining.BaseTrainer}; a {@link
 * dev.weir.forecast.pretraining.TrainingTask} is what it trains.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.learn}, {@code forecast.network},
 * {@code model}, {@code rnn} and the JDK.
 */
package dev.weir.forecast.pretraining;
