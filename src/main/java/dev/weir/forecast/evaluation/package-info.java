/**
 * Scores of forecasts of known series: MASE, sMAPE, RMSSE, relative error and coverage, beside
 * naive methods. May import {@code forecast} and {@code forecast.learn}.
 */
package dev.weir.forecast.evaluation;
