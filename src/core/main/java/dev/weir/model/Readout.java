package dev.weir.model;

/**
 * What the head of a many-to-one network reads; each has {@code num_directions * hidden_size}
 * values.
 */
public enum Readout {
  /** The last layer's rows of {@code h_n}: each direction after it has read the whole window. */
  FINAL_HIDDEN("h_n"),
  /**
   * {@code out[:, -1]}: the habit of many PyTorch programs. Its backward half has read the newest
   * value only.
   */
  LAST_STEP("out[:, -1]"),
  /** The mean of {@code out} over the steps; classifiers only. */
  MEAN("mean"),
  /** The largest of {@code out} over the steps, for each unit; classifiers only. */
  MAX("max");

  private final String label;

  Readout(String label) {
    this.label = label;
  }

  /** Whether a forecaster may read it; a classifier may read each. */
  public boolean forecasts() {
    return this == FINAL_HIDDEN || this == LAST_STEP;
  }

  /** The word used in weight files. */
  public String label() {
    return label;
  }

  /** The readout with this label, or null if there is no such readout. */
  public static Readout ofLabel(String label) {
    for (Readout readout : values()) {
      if (readout.label.equals(label)) {
        return readout;
      }
    }
    return null;
  }
}
