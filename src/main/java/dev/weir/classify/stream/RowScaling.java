package dev.weir.classify.stream;

/**
 * Standardizes the values of a row by the mean and deviation of it and the rows before, newer rows
 * counting more. State: number of rows, means, deviations. A deviation is kept, not its square,
 * which a float could not hold for large values.
 */
final class RowScaling {

  private static final float LONGEST = 2_000f; // rows that count
  private static final float LIMIT = 5f;

  private final int width;
  private final int at;

  RowScaling(int width, int at) {
    this.width = width;
    this.at = at;
  }

  int length() {
    return 1 + 2 * width;
  }

  /**
   * Takes a row into account, then standardizes it.
   *
   * @param scaled (width) from 0 on; overwritten
   */
  void apply(float[] state, float[] row, float[] scaled) {
    float count = state[at] + 1f;
    state[at] = Math.min(count, LONGEST);
    double step = 1.0 / state[at];
    for (int i = 0; i < width; i++) {
      int mean = at + 1 + i;
      int deviation = mean + width;
      double before = state[mean];
      double after = before + step * (row[i] - before);
      double variance = (double) state[deviation] * state[deviation];
      variance += step * ((row[i] - before) * (row[i] - after) - variance);
      state[mean] = (float) after;
      state[deviation] = (float) Math.sqrt(Math.max(variance, 0));
      double value = state[deviation] > 0f ? (row[i] - after) / state[deviation] : 0;
      scaled[i] = (float) Math.max(-LIMIT, Math.min(LIMIT, value));
    }
  }
}
