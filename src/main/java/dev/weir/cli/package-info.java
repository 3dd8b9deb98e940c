/**
 * What a person types: picocli commands, one class each. Results go to standard output, progress
 * and logs to standard error; exit code 0 done, 1 the work failed, 2 wrong usage.
 *
 * <p>May import every other room; nobody imports it.
 */
package dev.weir.cli;
