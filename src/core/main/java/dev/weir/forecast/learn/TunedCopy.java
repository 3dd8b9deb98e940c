package dev.weir.forecast.learn;

/**
 * A series' own copy of a base model, as far as it has been tuned: part of its {@link
 * LearnerState}. Its size is that of the model, which may come and change while a job runs, so it
 * lies beside the arrays whose sizes follow from the settings.
 */
public final class TunedCopy {

  private final long version;
  private final int model;
  private final int shape;
  public long learned; // index of the newest value that it has learned at
  public final float[] floats; // see WeightUpdater

  /**
   * @param version of the base model that it grew from
   * @param model tells that model, weights and all, from others
   * @param shape tells models that a copy could go on from from others
   * @param learned index of the newest value that it has learned at
   * @param floats weights, their average and the optimizer's state; kept, not copied
   */
  public TunedCopy(long version, int model, int shape, long learned, float[] floats) {
    this.version = version;
    this.model = model;
    this.shape = shape;
    this.learned = learned;
    this.floats = floats;
  }

  /** Version of the base model that it grew from. */
  public long version() {
    return version;
  }

  public int model() {
    return model;
  }

  public int shape() {
    return shape;
  }

  public long learned() {
    return learned;
  }

  public float[] floats() {
    return floats;
  }

  int bytes() {
    return 2 * Long.BYTES + 2 * Integer.BYTES + Float.BYTES * floats.length;
  }

  TunedCopy copy() {
    return new TunedCopy(version, model, shape, learned, floats.clone());
  }
}
