/**
 * Measures the speed of jobs for {@code weir bench}. Each job runs in a child process and reads
 * from and writes to a local broker.
 *
 * <p>Start at {@link dev.weir.bench.BenchCommand}. The comparison of Weir with other libraries is
 * in {@code dev.weir.comparison} of the test tree.
 *
 * <p>Allowed imports: {@code cli}, {@code cli.console}, {@code cli.local}, {@code forecast}, {@code
 * forecast.engine}, {@code job}, {@code kafka}, {@code kafka.admin}, {@code kafka.connector},
 * {@code model}, {@code option}, {@code rnn}, {@code stream}, Flink, the Kafka clients, Jackson,
 * picocli, HdrHistogram and the JDK. No other package imports this one.
 */
package dev.weir.bench;
