/**
 * Declares the options that the job file, SQL and the command line share: key, type, range, default
 * and description. The SQL jar contains this package.
 *
 * <p>Start at {@link dev.weir.option.Option}.
 *
 * <p>Allowed imports: {@code classify.series}, {@code classify.stream}, {@code forecast}, {@code
 * forecast.alarm}, {@code forecast.engine}, {@code forecast.expert}, {@code forecast.learn}, {@code
 * forecast.window}, {@code model}, {@code rnn.cell}, Flink and the JDK.
 */
package dev.weir.option;
