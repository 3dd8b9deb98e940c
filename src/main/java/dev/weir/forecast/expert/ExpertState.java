package dev.weir.forecast.expert;

/**
 * Where an expert finds what it has learnt of the series at hand: a slice of each of the series'
 * arrays. Reused: valid during one call only.
 */
public final class ExpertState {

  double[] doubles;
  int d; // first double of the slice
  float[] floats;
  int f; // first float of the slice

  /** Points at another slice; returns itself. */
  public ExpertState at(double[] doubles, int d, float[] floats, int f) {
    this.doubles = doubles;
    this.d = d;
    this.floats = floats;
    this.f = f;
    return this;
  }

  public double[] doubles() {
    return doubles;
  }

  /** Index of the slice's first double. */
  public int firstDouble() {
    return d;
  }

  public float[] floats() {
    return floats;
  }

  /** Index of the slice's first float. */
  public int firstFloat() {
    return f;
  }
}
