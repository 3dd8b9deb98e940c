package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.math.FastMath;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;

/**
 * Moves forecasts to a new level while the experts still have to learn it.
 *
 * <p>An error of more than {@value #LARGE} usual ones may be a spike or the first of a shift, and
 * changes nothing. From then on a second forecast is made as well as that of the experts, the moved
 * one: the mean of the values since, half of it the newest, plus the changes that the season
 * brings. The second value decides: after a spike it is nearer to the experts' forecast, after a
 * shift at the moved one. The share of the moved one follows the evidence E,
 *
 * <pre>
 * E = .8 E + (|error of the experts' forecast| - |error of the moved one|) / usual error
 * share = 1 / (1 + exp({@value #PRIOR} + D - E))
 * </pre>
 *
 * until the experts have caught up. D grows with what the moved forecasts cost so far, so that
 * series whose bursts end soon are left alone. Steps farther ahead have a smaller share, since more
 * shifts are over by then.
 */
public final class LevelShift implements Stage {

  private static final int AGE = 0; // values since the large error, with its own; 0 without one
  private static final int EVIDENCE = 1;
  private static final int DOUBT = 2;
  private static final int USUAL = 3; // error before the large one
  private static final int ALONE = 4; // forecast of step 1 before it is moved, as made last
  private static final int MOVED = 5; // the moved one, as made last
  private static final int SLOW = 6; // running errors of what was made of both
  private static final int FAST = 7;
  private static final int FLOATS = 8;

  private static final int SETTLED = 150; // errors after which the usual one is known
  private static final double SLOW_RATE = 0.02;
  private static final double FAST_RATE = 0.15;
  private static final double MAX_ERROR = 10; // usual ones that an error counts as
  private static final double LARGE = 4; // usual errors
  private static final double FAST_SHARE = 0.7; // of the mean of the newest errors: bursts pass
  private static final double NEARER = 0.5; // the second value's error, at most: a share of ours
  private static final double KEPT = 0.8; // of the evidence, for a value
  private static final double MAX_EVIDENCE = 5; // of a value, usual errors
  private static final double LEAST_EVIDENCE = 0.5; // below it the experts have caught up
  private static final double PRIOR = 2;
  private static final double MAX_DOUBT = 20;
  private static final int MAX_AGE = 24;
  private static final double NEWEST = 0.5; // weight of a value in the level
  private static final int SEASONS = 4; // whose mean is the course
  private static final double FADING = 0.905; // of the share, for a step

  private final FloatSlice floats;

  public LevelShift(Slots slots) {
    this.floats = slots.in("shift").floats("errors", FLOATS);
  }

  @Override
  public String name() {
    return Explanation.SHIFT;
  }

  /** Learns from the error of step 1. */
  @Override
  public void learn(Row row, Outcome outcome) {
    if (outcome.step() == 1) {
      learn(outcome.truth(), row.scores.count(1));
    }
  }

  private void learn(double truth, long errors) {
    double issued = floats.get(ALONE) + share() * (floats.get(MOVED) - floats.get(ALONE));
    double slow = floats.get(SLOW);
    double usual = Math.max(slow, FAST_SHARE * floats.get(FAST));
    double size = Math.abs(truth - issued);
    double error = errors < SETTLED || usual == 0 ? size : Math.min(size, MAX_ERROR * usual);
    double newest = 1.0 / (errors + 1);
    floats.add(SLOW, (float) (Math.max(SLOW_RATE, newest) * (error - slow)));
    floats.add(FAST, (float) (Math.max(FAST_RATE, newest) * (error - floats.get(FAST))));
    if (errors >= SETTLED && usual > 0) {
      compare(truth, usual);
    }
  }

  private void compare(double truth, double usual) {
    double alone = Math.abs(truth - floats.get(ALONE));
    int age = (int) floats.get(AGE);
    if (age > 0) {
      double error = Math.abs(truth - floats.get(MOVED));
      double gain = clip((alone - error) / floats.get(USUAL), -MAX_EVIDENCE, MAX_EVIDENCE);
      floats.set(DOUBT, (float) clip(floats.get(DOUBT) - share() * gain, 0, MAX_DOUBT));
      double evidence = KEPT * floats.get(EVIDENCE) + gain;
      floats.set(EVIDENCE, (float) evidence);
      boolean goesOn = evidence > LEAST_EVIDENCE && (age > 1 || error < NEARER * alone);
      age = goesOn && age < MAX_AGE ? age + 1 : 0;
    }
    if (age == 0 && alone > LARGE * usual) {
      age = 1;
      floats.set(EVIDENCE, 0);
      floats.set(USUAL, (float) usual);
    }
    floats.set(AGE, age);
  }

  private static double clip(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }

  private double share() {
    double odds = floats.get(EVIDENCE) - PRIOR - floats.get(DOUBT);
    return floats.get(AGE) < 2 ? 0 : 1 / (1 + FastMath.exp((float) -odds));
  }

  /** What comes after a missing value is not compared with what was before. */
  @Override
  public void skip(Row row) {
    floats.set(AGE, 0);
  }

  @Override
  public void make(Row row, Draft draft) {
    double[] results = draft.value;
    History history = row.history;
    floats.set(ALONE, (float) results[0]);
    int age = (int) floats.get(AGE);
    if (age == 0) {
      return;
    }
    long first = history.t() - age + 1;
    double level = 0;
    for (long t = first; t <= history.t(); t++) {
      double apart = history.at(t) - history.newest() - course(history, t, first);
      level += (t == first ? 1 : NEWEST) * (apart - level);
    }
    double weight = share();
    for (int i = 1; i <= results.length; i++) {
      double course = course(history, history.t() + i, first);
      if (i == 1) {
        floats.set(MOVED, (float) (level + course));
      }
      results[i - 1] += weight * (level + course - results[i - 1]);
      weight *= FADING;
    }
  }

  /**
   * The mean of the values some seasons before an index and before the large error, relative to the
   * newest value; 0 without a season.
   */
  private static double course(History history, long index, long first) {
    int season = history.season();
    double sum = 0;
    int count = 0;
    long before = index - season * ((index - first) / season + 1);
    for (; season > 1 && count < SEASONS && history.has(before); before -= season) {
      sum += history.at(before) - history.newest();
      count++;
    }
    return count == 0 ? 0 : sum / count;
  }
}
