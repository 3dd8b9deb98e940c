package dev.weir.forecast.expert;

/**
 * What an expert has learned of one series: a slice of the series' doubles, one of its floats and
 * one of its 16-bit numbers. Reused, so it is valid during one call only.
 */
public final class ExpertState {

  private final DoubleSlice doubles = new DoubleSlice();
  private final FloatSlice floats = new FloatSlice();
  private final Bfloat16Slice shorts = new Bfloat16Slice();

  /** Points at the slices of another expert or series; returns itself. */
  public ExpertState at(
      double[] doubles,
      int firstDouble,
      float[] floats,
      int firstFloat,
      short[] shorts,
      int firstShort) {
    this.doubles.at(doubles, firstDouble);
    this.floats.at(floats, firstFloat);
    this.shorts.at(shorts, firstShort);
    return this;
  }

  /** Moves to the slices of another expert of the same series; returns itself. */
  public ExpertState moveTo(int firstDouble, int firstFloat, int firstShort) {
    doubles.moveTo(firstDouble);
    floats.moveTo(firstFloat);
    shorts.moveTo(firstShort);
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

  /** As many 16-bit numbers as {@link Expert#shorts} says. */
  public Bfloat16Slice shorts() {
    return shorts;
  }
}
