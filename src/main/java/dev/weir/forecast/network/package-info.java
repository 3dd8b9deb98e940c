/**
 * Forecasts of the base model: a network turns a window into the next values, alone or as an expert
 * of the mixture, with its own weights per series if wanted; and the training of such models. May
 * import the other packages of {@code forecast} except {@code engine}, and {@code model} and {@code
 * rnn}.
 */
package dev.weir.forecast.network;
