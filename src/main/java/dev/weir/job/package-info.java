/**
 * The Flink job: its settings, the pipeline as a function of source and sink, and the main class of
 * {@code flink run}. The options of a job file are in {@code job.options}.
 *
 * <p>May import {@code dev.weir.stream}, {@code dev.weir.kafka}, the core and all of Flink; never
 * {@code dev.weir.cli} or {@code dev.weir.dashboard}.
 */
package dev.weir.job;
