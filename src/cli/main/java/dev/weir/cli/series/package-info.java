/**
 * Reads series from CSV files and provides the samples.
 *
 * <p>Start at {@link dev.weir.cli.series.SeriesCsv}.
 */
package dev.weir.cli.series;
