/**
 * Contains the command line of Weir. Each command is a picocli class. A command has a subpackage of
 * its own if it consists of several classes; the other commands are in this package.
 *
 * <p>Start at {@link dev.weir.cli.Weir}, which lists all commands. The subpackages {@code console},
 * {@code grid}, {@code local}, {@code option} and {@code series} contain code that several commands
 * use. Commands write results to standard output, and progress and logs to standard error. The exit
 * code is 0 if the command succeeds, 1 if it fails, and 2 if its arguments are wrong.
 *
 * <p>Allowed imports: {@code classify}, {@code forecast}, {@code forecast.engine}, {@code
 * forecast.expert}, {@code forecast.learn}, {@code forecast.network}, {@code forecast.window},
 * {@code kafka}, {@code kafka.admin}, {@code kafka.avro}, {@code kafka.connector}, {@code
 * kafka.covariate}, {@code kafka.mapping}, {@code kafka.wire}, {@code model}, {@code option},
 * {@code state}, {@code webhook}, all packages of {@code cli}, all packages of {@code job}, Flink,
 * the Kafka clients, Jackson, picocli and the JDK. Of the other packages only {@code bench} of the
 * module lab imports this package and its subpackages.
 */
package dev.weir.cli;
