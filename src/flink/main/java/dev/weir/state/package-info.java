/**
 * Serializes the state of a series for Flink, and counts results. The job and SQL use the same
 * serializers and counters.
 *
 * <p>Start at {@link dev.weir.state.WeirSerializer}, the base class, which adds a version byte and
 * a checksum to the bytes of a value. {@link dev.weir.forecast.learn.LearnerStateFormat} and {@link
 * dev.weir.forecast.window.WindowStateFormat} define the bytes. {@link
 * dev.weir.state.LearnerStateSerializer} and {@link dev.weir.state.WindowStateSerializer} adapt
 * them to Flink. {@link dev.weir.state.ClassStateSerializer} does so for classes. {@link
 * dev.weir.state.ResultCounters} counts what became of series.
 */
package dev.weir.state;
