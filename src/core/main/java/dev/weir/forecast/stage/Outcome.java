package dev.weir.forecast.stage;

/** What came of one open forecast. Numbers are relative to {@link #anchor} unless they say so. */
public final class Outcome {

  /** (experts), what each expert forecast. */
  public final double[] experts;

  private int step;
  private long origin;
  private double anchor;
  private double value;
  private double error;

  public Outcome(int experts) {
    this.experts = new double[experts];
  }

  /** Sets all but the experts' forecasts. */
  public void set(int step, long origin, double anchor, double value, double error) {
    this.step = step;
    this.origin = origin;
    this.anchor = anchor;
    this.value = value;
    this.error = error;
  }

  /** Steps from the origin to the value. */
  public int step() {
    return step;
  }

  /** Index of the value that the forecast was made at. */
  public long origin() {
    return origin;
  }

  /** The value at the origin. */
  public double anchor() {
    return anchor;
  }

  /** The value that came, not relative. */
  public double value() {
    return value;
  }

  /** The value that came. */
  public double truth() {
    return value - anchor;
  }

  /** The value that came minus the forecast that was given out. */
  public double error() {
    return error;
  }
}
