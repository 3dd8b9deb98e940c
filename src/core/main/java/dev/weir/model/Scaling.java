package dev.weir.model;

/**
 * How a window's values are scaled for the network and its forecasts back to the series' scale.
 * With {@code center} and {@code scale}: input {@code (x - center) / scale}, forecast {@code center
 * + scale * y}. The rule is stored with the weights, since they mean nothing without it.
 *
 * <p>{@code deviation} below is the population standard deviation of the window; where it is zero
 * (a flat window) the scale is 1, so that the network sees zeros and a trained head answers near
 * the last value.
 */
public record Scaling(Rule rule, double center, double scale) {

  public enum Rule {
    /** The network sees the values as they are. */
    NONE("none"),
    /** Center and scale are numbers stored with the model. */
    FIXED("fixed"),
    /** Center is the window's mean, scale its deviation. */
    WINDOW("window"),
    /**
     * Center is the window's newest value, scale its deviation: "repeat the last value" is an
     * answer of 0.
     */
    LAST("last");

    private final String label;

    Rule(String label) {
      this.label = label;
    }

    /** The word used in weight files. */
    public String label() {
      return label;
    }

    /** The rule with this label, or null if there is no such rule. */
    public static Rule ofLabel(String label) {
      for (Rule rule : values()) {
        if (rule.label.equals(label)) {
          return rule;
        }
      }
      return null;
    }
  }

  public static final Scaling NONE = new Scaling(Rule.NONE, 0, 1);
  public static final Scaling WINDOW = new Scaling(Rule.WINDOW, 0, 1);
  public static final Scaling LAST = new Scaling(Rule.LAST, 0, 1);

  public Scaling {
    if (!Double.isFinite(center)) {
      throw new IllegalArgumentException("center: expected a finite number, got " + center);
    }
    if (!(scale > 0) || !Double.isFinite(scale)) {
      throw new IllegalArgumentException("scale: expected a finite number above 0, got " + scale);
    }
  }

  /**
   * The number that is subtracted from each value of a window.
   *
   * @param window its {@code length} values, oldest first, from {@code from} on
   */
  public double center(double[] window, int from, int length) {
    return switch (rule) {
      case NONE -> 0;
      case FIXED -> center;
      case WINDOW -> mean(window, from, length);
      case LAST -> window[from + length - 1];
    };
  }

  /** The divisor of each value of a window, after {@link #center}; never 0. */
  public double scale(double[] window, int from, int length) {
    return switch (rule) {
      case NONE -> 1;
      case FIXED -> scale;
      case WINDOW, LAST -> {
        double deviation = deviation(window, from, length);
        yield deviation > 0 ? deviation : 1;
      }
    };
  }

  /** Whether center and scale are read from the window itself. */
  public boolean readsWindow() {
    return rule == Rule.WINDOW || rule == Rule.LAST;
  }

  private static double mean(double[] window, int from, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += window[from + i];
    }
    return sum / length;
  }

  private static double deviation(double[] window, int from, int length) {
    double mean = mean(window, from, length);
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double apart = window[from + i] - mean;
      sum += apart * apart;
    }
    return Math.sqrt(sum / length);
  }
}
