package dev.weir.classify;

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

  /**
   * @param width values of a row
   */
  RowScaling(int width, Parts parts) {
    this.width = width;
    this.at = parts.add(1 + 2 * width);
  }

  /**
   * Takes a row into account, then standardizes it.
   *
   * @param scaled (width) from 0 on; overwritten
   */
  void apply(float[] state, float[] row, float[] scaled) {
    add(state, row, 0);
    standardize(state, row, 0, scaled, 0);
  }

  /** Takes a row into account, which begins at {@code from}. */
  void add(float[] state, float[] rows, int from) {
    float count = state[at] + 1f;
    state[at] = Math.min(count, LONGEST);
    double step = 1.0 / state[at];
    for (int i = 0; i < width; i++) {
      int mean = at + 1 + i;
      int deviation = mean + width;
      double before = state[mean];
      double value = rows[from + i];
      double after = before + step * (value - before);
      double variance = (double) state[deviation] * state[deviation];
      variance += step * ((value - before) * (value - after) - variance);
      state[mean] = (float) after;
      state[deviation] = (float) Math.sqrt(Math.max(variance, 0));
    }
  }

  /** Standardizes a row, which begins at {@code from}, to where {@code to} is. */
  void standardize(float[] state, float[] rows, int from, float[] scaled, int to) {
    for (int i = 0; i < width; i++) {
      float mean = state[at + 1 + i];
      float deviation = state[at + 1 + i + width];
      double value = deviation > 0f ? ((double) rows[from + i] - mean) / deviation : 0;
      scaled[to + i] = (float) Math.max(-LIMIT, Math.min(LIMIT, value));
    }
  }
}
