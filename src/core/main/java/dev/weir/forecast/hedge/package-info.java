/** Weights of forecasts by their running errors, over all and by the time of the season. */
package dev.weir.forecast.hedge;
