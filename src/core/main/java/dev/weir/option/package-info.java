/**
 * Declares the options that the job file, SQL, the command line and the library share: key, type,
 * range, default, description, unit, effect of a change, and what an option needs.
 *
 * <p>Start at {@link dev.weir.option.Option}.
 *
 * <p>Allowed imports: {@code classify}, {@code forecast}, {@code forecast.alarm}, {@code
 * forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code forecast.window},
 * {@code model}, {@code rnn} and the JDK.
 */
package dev.weir.option;
