/**
 * Says what a forecast of the next value consists of: the level of the series, its season, its
 * newest values, its covariates, and what cannot be split further.
 *
 * <p>Start at {@link dev.weir.forecast.Explanation}. An expert adds its parts to a {@link
 * dev.weir.forecast.explanation.ForecastParts}.
 *
 * <p>Allowed imports: {@code forecast} and the JDK.
 */
package dev.weir.forecast.explanation;
