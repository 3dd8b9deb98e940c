package dev.weir.forecast.learn;

import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.alarm.SeriesRule;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.score.DistributionSums;
import dev.weir.forecast.slot.Slots;

/**
 * All that a {@link Learner} knows of one series, in four flat arrays, so that it is copied, saved
 * and restored by copying arrays. Only a learner with the same settings can continue it, which
 * {@link Learner#fits} tells; another one learns its history again, see {@link Learner#relearn}.
 *
 * <p>The {@link Slots} of a learner declare what is in the arrays; the longs are these, then the
 * history's. They are replaced when a new season is found, since their sizes depend on it. Beside
 * them lie the series' alarms, and the scores of its distributions, if there are any.
 */
public final class LearnerState {

  /** Changes whenever the meaning of a number in the arrays does. */
  static final int LAYOUT_VERSION = 1;

  /** Changes only when the layout of a history does. */
  private static final int HISTORY_FORMAT = 1;

  private static final int LAYOUT = 0; // version and hash of the settings
  static final int SEASON = 1;
  private static final int FIRST_SCORED = 2;
  private static final int TIME = 3;
  private static final int OUTLIER = 4;
  private static final int NEEDS_SEASON = 5;
  private static final int FORMAT = 6;
  private static final int LONGS = 7 + History.LONGS;

  private final long[] longs;
  private double[] doubles;
  private float[] floats;
  private short[] shorts;
  private SeriesAlarms alarms; // null if absent
  private DistributionSums distributions; // null if absent
  private SeriesRule rule; // what counts for these alarms; never saved, null before it is asked for

  /** Takes the arrays of a saved state; does not copy them. */
  public LearnerState(long[] longs, double[] doubles, float[] floats, short[] shorts) {
    if (longs.length <= LAYOUT) {
      throw new IllegalArgumentException("memory: expected a layout, got no number");
    }
    this.longs = longs;
    this.doubles = doubles;
    this.floats = floats;
    this.shorts = shorts;
  }

  LearnerState(Slots.Layout layout, long id, boolean needsSeason) {
    this(
        new long[LONGS],
        new double[layout.doubles()],
        new float[layout.floats()],
        new short[layout.shorts()]);
    longs[LAYOUT] = id;
    longs[SEASON] = layout.shape().season();
    longs[NEEDS_SEASON] = needsSeason ? 1 : 0;
    longs[FORMAT] = HISTORY_FORMAT;
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

  public short[] shorts() {
    return shorts;
  }

  /** What is known of the series' alarms; null if absent. */
  public SeriesAlarms alarms() {
    return alarms;
  }

  public void alarms(SeriesAlarms alarms) {
    this.alarms = alarms;
  }

  /**
   * Scores so far of the predictive distributions of the {@link Learner#scoredSteps}, as they were
   * issued; null if absent.
   */
  public DistributionSums distributions() {
    return distributions;
  }

  void distributions(DistributionSums scores) {
    this.distributions = scores;
  }

  /** Which alarms count for the series; null if nobody has asked since the state was read. */
  public SeriesRule rule() {
    return rule;
  }

  public void rule(SeriesRule found) {
    this.rule = found;
  }

  /** Where the spacing lies among the doubles: behind the history and the newest value. */
  int spacing() {
    return 1 + History.DOUBLES;
  }

  /** Tells the layouts of different settings apart. */
  long layoutId() {
    return longs[LAYOUT];
  }

  /** Whether the longs are as many as this version keeps; else only {@link #layoutId} is known. */
  boolean isComplete() {
    return longs.length == LONGS;
  }

  /**
   * The values of the history, oldest first, whatever the settings.
   *
   * @return null when there is nothing that can be read
   */
  double[] values() {
    return isComplete() && longs[FORMAT] == HISTORY_FORMAT
        ? History.values(longs, doubles, floats, shorts)
        : null;
  }

  /** The season in use; 1 for none. */
  public int season() {
    return (int) longs[SEASON];
  }

  /** Whether the season is one within 1 and {@code most}. */
  boolean hasSeasonUpTo(int most) {
    return longs[SEASON] >= 1 && longs[SEASON] <= most;
  }

  /** Whether the season is to be found in the data. */
  boolean needsSeason() {
    return longs[NEEDS_SEASON] == 1;
  }

  /** Whether the season is given. */
  boolean hasGivenSeason() {
    return longs[NEEDS_SEASON] == 0;
  }

  /** Index of the first forecast whose errors count. */
  public long firstScored() {
    return longs[FIRST_SCORED];
  }

  public void firstScored(long index) {
    longs[FIRST_SCORED] = index;
  }

  /** Time of the newest value. */
  public long time() {
    return longs[TIME];
  }

  void time(long time) {
    longs[TIME] = time;
  }

  /** Whether the newest value was too far out to learn from as it is. */
  boolean isOutlier() {
    return longs[OUTLIER] == 1;
  }

  void outlier(boolean is) {
    longs[OUTLIER] = is ? 1 : 0;
  }

  /** Values observed so far. */
  public long count() {
    return History.t(longs) + 1;
  }

  /** Replaces the arrays by zeros for another season. */
  void resize(Slots.Layout layout) {
    longs[SEASON] = layout.shape().season();
    doubles = new double[layout.doubles()];
    floats = new float[layout.floats()];
    shorts = new short[layout.shorts()];
  }

  /** Takes over the arrays of another layout for the same season, not copied. */
  void become(LearnerState other) {
    longs[LAYOUT] = other.longs[LAYOUT];
    doubles = other.doubles;
    floats = other.floats;
    shorts = other.shorts;
  }

  public LearnerState copy() {
    LearnerState copy =
        new LearnerState(longs.clone(), doubles.clone(), floats.clone(), shorts.clone());
    copy.alarms = alarms == null ? null : alarms.copy();
    copy.distributions = distributions == null ? null : distributions.copy();
    copy.rule = rule;
    return copy;
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  public int bytes() {
    int beside =
        (alarms == null ? 0 : alarms.bytes()) + (distributions == null ? 0 : distributions.bytes());
    return 8 * longs.length + 8 * doubles.length + 4 * floats.length + 2 * shorts.length + beside;
  }
}
