/**
 * Wiring: the job file and its options, the pipeline as a function of its ends, and the main class
 * of {@code flink run}.
 *
 * <p>May import {@code dev.weir.stream}, {@code dev.weir.kafka}, the core and all of Flink; never
 * {@code dev.weir.cli} or {@code dev.weir.dashboard}.
 */
package dev.weir.job;
