package dev.weir.forecast.candidate;

import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.Slots;
import java.util.Arrays;

/**
 * How much larger than usual the errors of candidates and of the base forecast are at each phase of
 * the season: exponentially weighted means, about 2 and 10 seasons deep, of an error over the usual
 * error of its step. All steps share them. Long seasons have {@value #MOST} phases of several
 * values each.
 */
final class PhaseErrors {

  private static final int MOST = 48;
  private static final float FAST = 0.4f;
  private static final float SLOW = 0.1f;

  private final int candidates;
  private final int size; // of a phase: two weights, then two means of each
  private final Slots slots;
  private final Bfloat16Slice state;
  private final double[] sums; // (candidates + 1), of the present value, the base last
  private int steps;
  private int place; // of the index that was asked for
  private float perFast; // 1 / weight, as the next
  private float perSlow;

  PhaseErrors(Slots slots, int candidates) {
    this.candidates = candidates;
    this.slots = slots;
    this.state =
        slots.ofSeason().bfloats("errors by phase", shape -> shorts(candidates, shape.season()));
    this.size = size(candidates);
    this.sums = new double[candidates + 1];
  }

  private static int size(int candidates) {
    return 2 + 2 * (candidates + 1);
  }

  private static int shorts(int candidates, int season) {
    return season == 1 ? 0 : Math.min(MOST, season) * size(candidates);
  }

  private int season() {
    return slots.shape().season();
  }

  private int place(long index) {
    int phase = (int) (index % season());
    return (season() <= MOST ? phase : (int) ((long) phase * MOST / season())) * size;
  }

  void begin() {
    Arrays.fill(sums, 0);
    steps = 0;
  }

  /** Adds the errors of one step, over the usual ones. */
  void add(int e, double ratio) {
    sums[e] += ratio;
  }

  void addStep() {
    steps++;
  }

  /** Takes in the errors of all steps of the value at an index. */
  void learn(long index) {
    if (season() == 1 || steps == 0) {
      return;
    }
    int at = place(index);
    follow(at, FAST, 1);
    follow(at + 1, SLOW, 1);
    for (int e = 0; e <= candidates; e++) {
      float mean = (float) Math.min(sums[e] / steps, 1e6);
      follow(at + 2 + 2 * e, FAST, mean);
      follow(at + 3 + 2 * e, SLOW, mean);
    }
  }

  private void follow(int at, float rate, float value) {
    float before = state.get(at);
    state.set(at, before + rate * (value - before));
  }

  /** Goes to the phase of an index. All methods below are about it. */
  void moveTo(long index) {
    if (season() == 1) {
      return;
    }
    place = place(index);
    perFast = 1 / state.get(place);
    perSlow = 1 / state.get(place + 1);
  }

  boolean isKnown() {
    return season() > 1 && state.get(place) > 0;
  }

  /** Of candidate e, or of the base for e = candidates. */
  float fast(int e) {
    return state.get(place + 2 + 2 * e) * perFast;
  }

  float slow(int e) {
    return state.get(place + 3 + 2 * e) * perSlow;
  }
}
