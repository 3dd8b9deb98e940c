/**
 * Combines the forecasts of experts in two ways: with multiplicative weights (the Hedge algorithm)
 * that follow the past errors of the experts, and with a regression on their forecasts. It also
 * keeps the running scores of a series.
 *
 * <p>Start at {@link dev.weir.forecast.combination.SeasonalHedge}.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.expert.analog}, {@code
 * forecast.expert.linear} and the JDK.
 */
package dev.weir.forecast.combination;
