/**
 * Combines forecasts by their past errors, with multiplicative weights and with a regression on the
 * experts' forecasts. It also keeps the running scores of a series.
 *
 * <p>Start at {@link dev.weir.forecast.combination.SeasonalHedge}.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.expert.analog}, {@code
 * forecast.expert.linear} and the JDK.
 */
package dev.weir.forecast.combination;
