/**
 * Measures the speed of jobs for {@code weir bench}. Each job runs in a child process and reads
 * from and writes to a local broker.
 *
 * <p>Start at {@link dev.weir.bench.Bench}. The comparison of Weir with other libraries is in
 * {@code dev.weir.comparison} of the test tree.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.engine}, {@code job}, {@code kafka.admin},
 * {@code kafka.connector}, {@code model}, {@code option}, all packages of {@code rnn}, {@code
 * stream}, Flink, the Kafka clients, Jackson, picocli, HdrHistogram and the JDK. Only {@code cli}
 * imports this package.
 */
package dev.weir.bench;
