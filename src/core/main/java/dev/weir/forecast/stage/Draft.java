package dev.weir.forecast.stage;

/**
 * A forecast that is being made at the newest value. All numbers but {@link #anchor} are relative
 * to that.
 */
public final class Draft {

  /** (experts, horizon), what each expert forecasts. */
  public final double[][] experts;

  /** (horizon), the forecast so far. */
  public final double[] value;

  /** The newest value. */
  public double anchor;

  public Draft(int experts, int horizon) {
    this.experts = new double[experts][horizon];
    this.value = new double[horizon];
  }
}
