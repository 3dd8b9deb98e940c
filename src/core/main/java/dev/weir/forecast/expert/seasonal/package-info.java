/**
 * Contains the experts that repeat values, medians or profiles of a season.
 *
 * <p>Start at {@link dev.weir.forecast.expert.seasonal.SeasonalProfile}.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.explanation} and the JDK.
 */
package dev.weir.forecast.expert.seasonal;
