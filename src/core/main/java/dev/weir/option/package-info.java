/**
 * Declares the options that the job file, SQL, the command line and the library share: key, type,
 * range, default and description; and checks together what is given of a forecast.
 *
 * <p>Start at {@link dev.weir.option.Option} and {@link dev.weir.option.ForecastSpec}.
 *
 * <p>Allowed imports: {@code classify.series}, {@code classify.stream}, {@code forecast}, {@code
 * forecast.alarm}, {@code forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.window}, {@code model}, {@code rnn} and the JDK.
 */
package dev.weir.option;
