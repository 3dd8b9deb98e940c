/**
 * Contains the command line of Weir. Each command is a picocli class. A command has a subpackage of
 * its own if it consists of several classes; the other commands are in this package.
 *
 * <p>Start at {@link dev.weir.cli.Weir}, which lists all commands. The subpackages {@code cluster},
 * {@code console}, {@code grid}, {@code local}, {@code option} and {@code series} contain code that
 * several commands use. Commands write results to standard output, and progress and logs to
 * standard error. The exit code is 0 if the command succeeds, 1 if it fails, and 2 if its arguments
 * are wrong.
 *
 * <p>Of the other packages only those of the module lab import this package and its subpackages.
 */
package dev.weir.cli;
