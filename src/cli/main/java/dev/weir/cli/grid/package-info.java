/**
 * Finds the interval of series in files and the values that are missing, and says when the next
 * ones are due.
 *
 * <p>Start at {@link dev.weir.cli.grid.SamplingOptions}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code forecast}, {@code forecast.window}, {@code
 * option}, picocli and the JDK.
 */
package dev.weir.cli.grid;
