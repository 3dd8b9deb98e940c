package dev.weir.forecast.expert;

/**
 * What an expert has learned of one series: a slice of the series' doubles and one of its floats.
 * Reused, so it is valid during one call only.
 */
public final class ExpertState {

  private final DoubleSlice doubles = new DoubleSlice();
  private final FloatSlice floats = new FloatSlice();

  /** Points at the slices of another expert or series; returns itself. */
  public ExpertState at(double[] doubles, int firstDouble, float[] floats, int firstFloat) {
    this.doubles.at(doubles, firstDouble);
    this.floats.at(floats, firstFloat);
    return this;
  }

  /** Moves to the slices of another expert of the same series; returns itself. */
  public ExpertState moveTo(int firstDouble, int firstFloat) {
    doubles.moveTo(firstDouble);
    floats.moveTo(firstFloat);
    return this;
  }

  /** As many doubles as {@link Expert#doubles} says. */
  public DoubleSlice doubles() {
    return doubles;
  }

  /** As many floats as {@link Expert#floats} says. */
  public FloatSlice floats() {
    return floats;
  }
}
