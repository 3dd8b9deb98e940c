/**
 * What a network reads beside values and time: {@link dev.weir.model.input.AheadInputs}, the
 * covariates that are known ahead of a forecast.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.model.input;
