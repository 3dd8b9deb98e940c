/**
 * Combines forecasts by their past errors: multiplicative weights, a regression on the experts, and
 * the running scores that both read. May import the JDK and {@code forecast.expert}.
 */
package dev.weir.forecast.combination;
