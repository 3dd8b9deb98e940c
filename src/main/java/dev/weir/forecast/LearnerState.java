package dev.weir.forecast;

/**
 * All that a {@link Learner} knows of one series, in three flat arrays, so that it is copied, saved
 * and restored by copying arrays. Only a learner with the same settings can go on with it, which
 * {@link Learner#fits} tells; another one learns its history again, see {@link Learner#relearn}.
 *
 * <pre>
 * longs    [LAYOUT, SEASON, BEGUN, TIME, WILD, DETECT, FORMAT] | history
 * doubles  history | newest value as it came | running scores | stack | intervals | each expert
 * floats   history | each expert's forecasts on their way to their truth, then the mean's, the
 *          stack's, ours | running errors | intervals | errors by phase | each expert
 * </pre>
 *
 * The arrays are replaced when a new season is found, since their sizes depend on it. Beside them
 * lies the series' own copy of the base model, if there is one.
 */
public final class LearnerState {

  /** Changes whenever the meaning of a number in the arrays does. */
  static final int LAYOUT_VERSION = 1;

  /**
   * Changes only when that of a history's numbers does: then an older one can't be learnt again.
   */
  static final int HISTORY_FORMAT = 1;

  static final int LAYOUT = 0; // version and hash of the settings
  static final int SEASON = 1; // in use
  static final int BEGUN = 2; // index of the first forecast whose errors count
  static final int TIME = 3; // of the newest value
  static final int WILD = 4; // 1 while the newest value was too far out to learn from as it is
  static final int DETECT = 5; // 1 when the season is to be found
  static final int FORMAT = 6;
  static final int LONGS = 7;

  long[] longs;
  double[] doubles;
  float[] floats;
  private TunedCopy tuned; // null while there is none

  /** Takes the arrays of a saved memory; does not copy them. */
  public LearnerState(long[] longs, double[] doubles, float[] floats) {
    if (longs.length <= LAYOUT) {
      throw new IllegalArgumentException("memory: expected a layout, got no number");
    }
    this.longs = longs;
    this.doubles = doubles;
    this.floats = floats;
  }

  public long[] longs() {
    return longs;
  }

  public double[] doubles() {
    return doubles;
  }

  public float[] floats() {
    return floats;
  }

  /** The series' own copy of the base model; null while there is none. */
  public TunedCopy tuned() {
    return tuned;
  }

  public void tuned(TunedCopy copy) {
    this.tuned = copy;
  }

  /** The season in use; 1 for none. */
  public int season() {
    return (int) longs[SEASON];
  }

  /** Time of the newest value. */
  public long time() {
    return longs[TIME];
  }

  /** Values observed so far. */
  public long count() {
    return longs[LONGS] + 1;
  }

  public LearnerState copy() {
    LearnerState copy = new LearnerState(longs.clone(), doubles.clone(), floats.clone());
    copy.tuned = tuned == null ? null : tuned.copy();
    return copy;
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  public int bytes() {
    int copy = tuned == null ? 0 : tuned.bytes();
    return 8 * longs.length + 8 * doubles.length + 4 * floats.length + copy;
  }
}
