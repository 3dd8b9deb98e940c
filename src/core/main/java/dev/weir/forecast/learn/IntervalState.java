package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Bfloat16Slice;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.HorizonGroups;
import dev.weir.forecast.expert.Rls;
import java.util.Arrays;

/**
 * What an {@link IntervalTracker} keeps of a series, by name. A view of the series' state:
 *
 * <pre>
 * doubles  the most frequent value, its votes, and the index from which on these are enough
 * floats   S, F, c, r for each scored step | issued features of each group's first step
 *          | a regression for each group | errors by phase
 * shorts   issued scales | issued c + r for each of a scored step, bfloat16
 * </pre>
 *
 * Slices are reused: each is valid until the next call of its method.
 */
final class IntervalState {

  /** Inputs of the regressions; the last one is constant and not kept. */
  static final int FEATURES = 4;

  /**
   * A longer season shares state between neighboring phases; 96 phases (quarters of an hour) are
   * kept apart.
   */
  private static final int MAX_PHASES = 96;

  static final int DOUBLES = 3;

  private static final int VALUE = 0;
  private static final int VOTES = 1;
  private static final int SINCE = 2;

  private static final int MAX_VOTES = 24; // so that a new value is found soon
  private static final int MAJORITY = 8;

  private final FollowedSteps scored;
  private final int places; // of the issued scales
  private final int ends;

  // offsets from the first float
  private final int multiples;
  private final int corrections;
  private final int features;
  private final int regressions;
  private final int phases;

  private final FloatSlice regression = new FloatSlice();
  private final Bfloat16Slice scales = new Bfloat16Slice();
  private final FloatSlice multiple = new FloatSlice();
  private final FloatSlice correction = new FloatSlice();
  private final Bfloat16Slice issued = new Bfloat16Slice();
  private final FloatSlice issuedFeatures = new FloatSlice();
  private float[] floats;
  private final DelayLine delays;
  private double[] doubles;
  private int first;
  private int firstIssued;
  private int frequent; // where its numbers begin
  private int season;

  /**
   * @param delays where what is made at a time for a step is found
   */
  IntervalState(FollowedSteps scored, int levels, DelayLine delays) {
    this.delays = delays;
    this.scored = scored;
    this.places = DelayLine.allPlaces(scored);
    this.ends = 2 * levels;
    this.multiples = 2 * scored.count();
    this.corrections = multiples + ends * scored.count();
    this.features = corrections + ends * scored.count();
    this.regressions = features + (FEATURES - 1) * HorizonGroups.places(scored.horizon());
    this.phases = floats(scored, levels);
  }

  /** 16-bit numbers kept. */
  static int shorts(FollowedSteps scored, int levels) {
    return DelayLine.allPlaces(scored) + 2 * levels * DelayLine.places(scored);
  }

  /** Floats kept that do not depend on the season. */
  static int floats(FollowedSteps scored, int levels) {
    int horizon = scored.horizon();
    return (2 + 4 * levels) * scored.count()
        + (FEATURES - 1) * HorizonGroups.places(horizon)
        + HorizonGroups.count(horizon) * Rls.floats(FEATURES);
  }

  /** Floats kept for a season, after the others. */
  static int phaseFloats(int season) {
    return Math.min(season, MAX_PHASES);
  }

  void bind(LearnerState state, StateLayout layout) {
    floats = state.floats();
    first = layout.intervalFloats;
    season = layout.shape.season();
    regression.at(floats, first);
    scales.at(state.shorts(), layout.intervalShorts);
    multiple.at(floats, first);
    correction.at(floats, first);
    firstIssued = layout.intervalShorts + places;
    issued.at(state.shorts(), firstIssued);
    doubles = state.doubles();
    frequent = layout.intervalDoubles;
    issuedFeatures.at(floats, first);
  }

  int season() {
    return season;
  }

  /** Counts the value at an index: a majority vote (Boyer and Moore 1991) that forgets. */
  void count(long t, double value) {
    double votes = doubles[frequent + VOTES] + (value == doubles[frequent + VALUE] ? 1 : -1);
    if (votes < 0) {
      doubles[frequent + VALUE] = value;
      votes = 1;
    } else if (votes == MAJORITY && value == doubles[frequent + VALUE]) {
      doubles[frequent + SINCE] = t;
    }
    doubles[frequent + VOTES] = Math.min(MAX_VOTES, votes);
  }

  /** The value that most of the newest ones have; NaN if none, or none was known at an index. */
  double frequent(long t) {
    boolean known = doubles[frequent + VOTES] >= MAJORITY && t >= doubles[frequent + SINCE];
    return known ? doubles[frequent + VALUE] : Double.NaN;
  }

  FloatSlice regression(int group) {
    return regression.moveTo(first + regressions + group * Rls.floats(FEATURES));
  }

  /** S: running mean |error| of a step, slow. */
  float slowError(int i) {
    return between(first, i);
  }

  void slowError(int i, float size) {
    floats[first + scored.next(i)] = size;
  }

  /** F: the same, fast. */
  float fastError(int i) {
    return between(first + scored.count(), i);
  }

  void fastError(int i, float size) {
    floats[first + scored.count() + scored.next(i)] = size;
  }

  private float between(int from, int i) {
    return (float)
        scored.between(floats[from + scored.before(i)], floats[from + scored.next(i)], i);
  }

  /** (ends), c of a scored step. */
  FloatSlice multiples(int i) {
    return multiple.moveTo(first + multiples + scored.next(i) * ends);
  }

  /** (ends), r of a scored step. */
  FloatSlice corrections(int i) {
    return correction.moveTo(first + corrections + scored.next(i) * ends);
  }

  /** (ends), c + r as issued at t for the scored step i. */
  Bfloat16Slice issuedMultiples(long t, int i) {
    return issued.moveTo(firstIssued + ends * delays.at(t, i));
  }

  /** (features - 1), inputs of the regression at t for step i, the first of its group. */
  FloatSlice issuedFeatures(long t, int i) {
    return issuedFeatures.moveTo(first + features + (FEATURES - 1) * place(t, i));
  }

  private static int place(long t, int i) {
    return HorizonGroups.place(i) + (int) (t % i);
  }

  /** The expected error size issued at t for step i. */
  float scale(long t, int i) {
    return scales.get(delays.at(t, i));
  }

  void scale(long t, int i, double scale) {
    scales.set(delays.at(t, i), (float) scale);
  }

  /** Errors at the phase of an index, relative to S; only with a season. */
  float phaseError(long index) {
    return floats[phaseAt(index)];
  }

  void phaseError(long index, float ratio) {
    floats[phaseAt(index)] = ratio;
  }

  private int phaseAt(long index) {
    return first + phases + (int) (index % season * phaseFloats(season) / season);
  }

  /** Sets the errors by phase to "as usual". */
  void resetPhases() {
    int from = first + phases;
    Arrays.fill(floats, from, from + phaseFloats(season), 1);
  }
}
