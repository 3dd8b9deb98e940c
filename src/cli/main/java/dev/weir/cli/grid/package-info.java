/**
 * Finds the interval of series in files and the values that are missing, and says when the next
 * ones are due.
 *
 * <p>Start at {@link dev.weir.cli.grid.SamplingOptions}.
 */
package dev.weir.cli.grid;
