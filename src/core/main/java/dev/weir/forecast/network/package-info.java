/**
 * Forecasts with base models, tunes a copy of a base model for each series, and trains base models.
 * {@link dev.weir.model} defines what a base model is.
 *
 * <p>Start at {@link dev.weir.forecast.network.NetworkForecaster}, which turns a window into a
 * forecast, or at {@link dev.weir.forecast.network.ModelTrainer}.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.window}, {@code model}, {@code rnn} and the JDK.
 */
package dev.weir.forecast.network;
