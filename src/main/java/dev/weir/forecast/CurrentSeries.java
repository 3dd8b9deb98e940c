package dev.weir.forecast;

import dev.weir.forecast.expert.History;

/**
 * The series at hand: its memory, where things lie in it, and its past. The parts of a {@link
 * Learner} share one and read their share of the memory through it, so that a memory is pointed at
 * once for each call.
 */
final class CurrentSeries {

  final History history = new History();
  LearnerState memory;
  StateLayout layout;

  /** Points at a series. Copies and allocates nothing. */
  void attach(LearnerState memory, StateLayout layout) {
    this.memory = memory;
    this.layout = layout;
    history.attach(
        layout.shape, memory.longs, LearnerState.LONGS, memory.doubles, 0, memory.floats, 0);
  }

  /** Observations in a season; 1 for none. */
  int season() {
    return layout.shape.season();
  }

  /** Index of the first forecast whose errors count. */
  long begun() {
    return memory.longs[LearnerState.BEGUN];
  }
}
