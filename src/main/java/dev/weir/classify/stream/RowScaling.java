package dev.weir.classify.stream;

/**
 * Standardizes the values of a row by the mean and deviation of the rows before, newer rows
 * counting more. State: number of rows, means, variances.
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
    float step = 1f / state[at];
    for (int i = 0; i < width; i++) {
      int mean = at + 1 + i;
      int variance = mean + width;
      float distance = row[i] - state[mean];
      state[mean] += step * distance;
      state[variance] += step * (distance * (row[i] - state[mean]) - state[variance]);
      float deviation = (float) Math.sqrt(Math.max(state[variance], 0f));
      float value = deviation > 0f ? (row[i] - state[mean]) / deviation : 0f;
      scaled[i] = Math.max(-LIMIT, Math.min(LIMIT, value));
    }
  }
}
