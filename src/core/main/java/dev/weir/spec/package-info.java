/**
 * Specifies forecasts and classes: takes the options that the job file, SQL, the command line or
 * the library gives, and checks them together by the same rules and words.
 *
 * <p>Start at {@link dev.weir.spec.ForecastSpec}.
 *
 * <p>Allowed imports: {@code classify}, {@code forecast}, {@code forecast.alarm}, {@code
 * forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code forecast.window},
 * {@code model}, {@code option} and the JDK.
 */
package dev.weir.spec;
