/**
 * Forecasts with base models, and trains base models. {@link dev.weir.model} defines what a base
 * model is.
 *
 * <p>Start at {@link dev.weir.forecast.network.NetworkForecaster}, which turns a window into a
 * forecast, or at {@link dev.weir.forecast.network.ModelTrainer}.
 */
package dev.weir.forecast.network;
