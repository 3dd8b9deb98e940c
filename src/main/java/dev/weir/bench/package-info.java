/**
 * The measuring of {@code weir bench}: jobs run in child processes on a local broker, and are
 * observed from outside. Start at {@link dev.weir.bench.Bench}.
 *
 * <p>May import {@code job}, {@code kafka}, {@code stream}, the core, Flink, Kafka's clients,
 * Jackson and HdrHistogram; never {@code cli}, {@code dashboard} or {@code sql}. Only {@code cli}
 * imports it. The benchmarks of the arithmetic beside other libraries are not here but in {@code
 * dev.weir.peers} of the test tree.
 */
package dev.weir.bench;
