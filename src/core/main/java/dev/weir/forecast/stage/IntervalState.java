package dev.weir.forecast.stage;

import dev.weir.forecast.expert.Rls;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.DelayLine;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.forecast.step.HorizonGroups;

/**
 * What an {@link IntervalTracker} keeps of a series, by name. Slices are reused: each is valid
 * until the next call of its method.
 */
final class IntervalState {

  /** Inputs of the regressions; the last one is constant and not kept. */
  static final int FEATURES = 4;

  /**
   * A longer season shares state between neighboring phases; 96 phases (quarters of an hour) are
   * kept apart.
   */
  private static final int MAX_PHASES = 96;

  private static final int DOUBLES = 3;

  private static final int VALUE = 0;
  private static final int VOTES = 1;
  private static final int SINCE = 2;

  private static final int MAX_VOTES = 24; // so that a new value is found soon
  private static final int MAJORITY = 8;

  private final FollowedSteps scored;
  private final DelayLine delays;
  private final int ends;
  private final Slots slots;
  private final DoubleSlice frequent; // the most frequent value, its votes, and since when
  private final FloatSlice slow; // (scored), S
  private final FloatSlice fast; // (scored), F
  private final FloatSlice multiples; // (scored, ends), c
  private final FloatSlice corrections; // (scored, ends), r
  private final FloatSlice issuedFeatures; // of each group's first step
  private final FloatSlice regressions; // (groups)
  private final FloatSlice phases; // errors by phase
  private final Bfloat16Slice scales; // as issued
  private final Bfloat16Slice issued; // (places, ends), c + r

  /**
   * @param delays where what is made at a time for a step is found
   */
  IntervalState(Slots declared, FollowedSteps scored, int ends, DelayLine delays) {
    this.slots = declared.in("intervals");
    this.scored = scored;
    this.delays = delays;
    this.ends = ends;
    int horizon = scored.horizon();
    this.frequent = slots.doubles("frequent value", DOUBLES);
    this.slow = slots.floats("slow errors", scored.count());
    this.fast = slots.floats("fast errors", scored.count());
    this.multiples = slots.floats("multiples", ends * scored.count());
    this.corrections = slots.floats("corrections", ends * scored.count());
    int inputs = (FEATURES - 1) * HorizonGroups.places(horizon);
    this.issuedFeatures = slots.floats("issued features", inputs);
    this.regressions =
        slots.floats("regressions", HorizonGroups.count(horizon) * Rls.floats(FEATURES));
    this.phases = slots.ofSeason().floats("errors by phase", shape -> phases(shape.season()));
    this.scales = slots.bfloats("issued scales", DelayLine.allPlaces(scored));
    this.issued = slots.bfloats("issued multiples", ends * DelayLine.places(scored));
  }

  private static int phases(int season) {
    return Math.min(season, MAX_PHASES);
  }

  int season() {
    return slots.shape().season();
  }

  /** Counts the value at an index: a majority vote (Boyer and Moore 1991) that forgets. */
  void count(long t, double value) {
    double votes = frequent.get(VOTES) + (value == frequent.get(VALUE) ? 1 : -1);
    if (votes < 0) {
      frequent.set(VALUE, value);
      votes = 1;
    } else if (votes == MAJORITY && value == frequent.get(VALUE)) {
      frequent.set(SINCE, t);
    }
    frequent.set(VOTES, Math.min(MAX_VOTES, votes));
  }

  /** The value that most of the newest ones have; NaN if none, or none was known at an index. */
  double frequent(long t) {
    boolean isFrequent = frequent.get(VOTES) >= MAJORITY && t >= frequent.get(SINCE);
    return isFrequent ? frequent.get(VALUE) : Double.NaN;
  }

  FloatSlice regression(int group) {
    return regressions.row(group * Rls.floats(FEATURES));
  }

  /** S: running mean |error| of a step, slow. */
  float slowError(int i) {
    return between(slow, i);
  }

  void slowError(int i, float size) {
    slow.set(scored.next(i), size);
  }

  /** F: the same, fast. */
  float fastError(int i) {
    return between(fast, i);
  }

  void fastError(int i, float size) {
    fast.set(scored.next(i), size);
  }

  private float between(FloatSlice of, int i) {
    return (float) scored.between(of.get(scored.before(i)), of.get(scored.next(i)), i);
  }

  /** (ends), c of a scored step. */
  FloatSlice multiples(int i) {
    return multiples.row(scored.next(i) * ends);
  }

  /** (ends), r of a scored step. */
  FloatSlice corrections(int i) {
    return corrections.row(scored.next(i) * ends);
  }

  /** (ends), c + r as issued at t for the scored step i. */
  Bfloat16Slice issuedMultiples(long t, int i) {
    return issued.row(ends * delays.at(t, i));
  }

  /** (features - 1), inputs of the regression at t for step i, the first of its group. */
  FloatSlice issuedFeatures(long t, int i) {
    return issuedFeatures.row((FEATURES - 1) * place(t, i));
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
    return phases.get(phaseAt(index));
  }

  void phaseError(long index, float ratio) {
    phases.set(phaseAt(index), ratio);
  }

  private int phaseAt(long index) {
    int season = season();
    return (int) (index % season * phases(season) / season);
  }

  /** Sets the errors by phase to "as usual". */
  void resetPhases() {
    for (int k = 0; k < phases(season()); k++) {
      phases.set(k, 1);
    }
  }
}
