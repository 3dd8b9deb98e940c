/**
 * How commands print: terminal detection, progress, text that is safe to print, and the next step
 * after a failure.
 */
package dev.weir.cli.console;
