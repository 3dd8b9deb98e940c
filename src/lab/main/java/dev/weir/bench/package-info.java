/**
 * Measures the speed of jobs for {@code weir lab bench}. Each job runs in a child process and reads
 * from and writes to a local broker.
 *
 * <p>Start at {@link dev.weir.bench.BenchCommand}. The comparison of Weir with other libraries is
 * in {@code dev.weir.comparison}.
 *
 * <p>Of the other packages only {@code lab} imports this one.
 */
package dev.weir.bench;
