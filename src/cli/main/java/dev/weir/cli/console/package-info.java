/**
 * Formats the output of commands: progress, tables, forecasts, hints after errors, and untrusted
 * text.
 *
 * <p>Start at {@link dev.weir.cli.console.Printable}, which makes untrusted text safe for a
 * terminal.
 *
 * <p>Allowed imports: {@code forecast}, {@code job.options}, {@code kafka.codec}, {@code
 * kafka.wire}, {@code model}, Jackson, the Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.console;
