package dev.weir.model;

/** Which outputs of the network become the forecast. */
public enum Mode {
  /**
   * The final hidden states of the last layer, through the head, give all {@code horizon} values at
   * once.
   */
  MANY_TO_ONE("many-to-one"),
  /**
   * Each step of {@code out}, through the head, gives one value: step {@code i} answers for target
   * {@code t + i}, so a window of {@code seq_len} values is mapped to the next {@code seq_len}.
   */
  MANY_TO_MANY("many-to-many");

  private final String label;

  Mode(String label) {
    this.label = label;
  }

  /** The word used in job files, on topics and in weight files. */
  public String label() {
    return label;
  }

  /** The mode with this label, or null if there is no such mode. */
  public static Mode ofLabel(String label) {
    for (Mode mode : values()) {
      if (mode.label.equals(label)) {
        return mode;
      }
    }
    return null;
  }
}
