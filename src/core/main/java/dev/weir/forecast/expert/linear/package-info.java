/**
 * Contains the experts that are linear regressions, fitted by recursive least squares.
 *
 * <p>Start at {@link dev.weir.forecast.expert.linear.Rls}, the regression that the experts share.
 *
 * <p>Allowed imports: {@code forecast.expert}, {@code forecast.expert.seasonal}, {@code
 * forecast.explanation} and the JDK.
 */
package dev.weir.forecast.expert.linear;
