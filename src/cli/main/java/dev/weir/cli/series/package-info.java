/**
 * Reads series from CSV files and JSON lines and labelled windows from .ts files, and provides the
 * sample series.
 *
 * <p>Start at {@link dev.weir.cli.series.SeriesCsv}.
 */
package dev.weir.cli.series;
