/**
 * The network that combines forecasts: it reads how the forecasts of a series, the candidates, have
 * done lately, and says what to make of the newest ones.
 */
package dev.weir.forecast.candidate;
