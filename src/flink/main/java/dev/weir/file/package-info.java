/**
 * Reads the files that job files and SQL statements name, also by Flink's file systems: local
 * paths, {@code s3://}, {@code hdfs://} and so on. The SQL jar contains this package.
 *
 * <p>Start at {@link dev.weir.file.NamedFile}.
 */
package dev.weir.file;
