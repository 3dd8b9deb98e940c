/**
 * Specifies forecasts and classes: takes the options that the job file, SQL, the command line or
 * the library gives, and checks them together by the same rules and words.
 *
 * <p>Start at {@link dev.weir.spec.ForecastSpec}.
 */
package dev.weir.spec;
