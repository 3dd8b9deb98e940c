/**
 * Reads the files that SQL statements name, by Flink's file systems: local paths, {@code s3://},
 * {@code hdfs://} and so on.
 *
 * <p>Start at {@link dev.weir.sql.file.ModelFileLoader} and {@link
 * dev.weir.sql.file.HolidayFileLoader}.
 *
 * <p>Allowed imports: {@code holiday}, {@code model}, Flink and the JDK.
 */
package dev.weir.sql.file;
