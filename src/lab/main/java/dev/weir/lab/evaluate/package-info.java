/**
 * Scores forecasts as published tables do: {@code weir lab suite}, {@code weir lab holdout} and
 * {@code weir lab ages}.
 *
 * <p>Start at {@link dev.weir.lab.evaluate.SuiteCommand}.
 */
package dev.weir.lab.evaluate;
