/**
 * Reads series from CSV files and JSON lines and labelled windows from .ts files, and provides the
 * sample series.
 *
 * <p>Start at {@link dev.weir.cli.series.SeriesCsv}.
 *
 * <p>Allowed imports: {@code classify}, {@code cli.console}, {@code cli.grid}, {@code forecast},
 * {@code forecast.learn}, {@code job.options}, {@code kafka.wire}, {@code model}, {@code option},
 * Jackson, picocli and the JDK.
 */
package dev.weir.cli.series;
