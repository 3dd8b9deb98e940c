/**
 * Formats the output of commands: progress, tables, forecasts, hints after errors, and untrusted
 * text.
 *
 * <p>Start at {@link dev.weir.cli.console.Printable}, which makes untrusted text safe for a
 * terminal.
 */
package dev.weir.cli.console;
