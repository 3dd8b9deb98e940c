package dev.weir.forecast.network;

import dev.weir.forecast.expert.History;
import dev.weir.model.Mode;
import dev.weir.model.SeasonalWindow;
import java.util.Arrays;

/**
 * What a network of a {@link SeasonalWindow} reads at the newest value of a series, and what its
 * answers are turned into forecasts with. All values are relative to the newest one; what the
 * network reads is in units of {@link #scale}, the root mean square of the values that it sees.
 *
 * <p>Of each value of the window, oldest first:
 *
 * <pre>
 * 0      the value
 * 1, 2   those of a season and of a week before
 * 3, 4   many-to-one: the values behind 1 and 2, by seq_len values or a season, whichever is less;
 *        many-to-many: 0
 * 5-8    sine and cosine of the place in the season and in the week
 * 9      how far its difference from a season before is from that of the newest value, in units of
 *        {@link #unit}; without a season the change since the value before
 * 10     half the logarithm of unit / scale, the same at each step, as the next three
 * 11, 12 that of the root mean square of the differences from a season and from a week before
 * 13     that of the unit of a week
 * </pre>
 *
 * Many-to-many goes on with a step for each value to forecast: 0 in place of the value and of its
 * difference, what was a season and a week before (the last known ones), and 1 as input 3. Without
 * a season, or where the past does not reach so far, there are zeros; without a week, the season's
 * values in its place.
 *
 * <p>Scratch: one instance for each thread; each {@link #fill} overwrites what the last one gave.
 */
public final class SeasonalInputs {

  private static final int INPUTS = SeasonalWindow.INPUTS;
  private static final int CANDIDATES = SeasonalWindow.CANDIDATES.size();
  private static final double MOST = 6; // of an input
  private static final double LEAST_UNIT = 0.01; // of the scale
  private static final int RATIOS = 4; // the last inputs of a step

  private final boolean manyToMany;
  private final int seqLen;
  private final int horizon;
  private final float[] input; // (steps, INPUTS)
  private final double[] candidates; // (horizon, CANDIDATES)
  private final float[] ratios = new float[RATIOS];
  private double scale;
  private double unit;

  /**
   * @param horizon steps ahead
   */
  public SeasonalInputs(Mode mode, int seqLen, int horizon) {
    this.manyToMany = mode == Mode.MANY_TO_MANY;
    this.seqLen = seqLen;
    this.horizon = horizon;
    this.input = new float[steps(mode, seqLen, horizon) * INPUTS];
    this.candidates = new double[horizon * CANDIDATES];
  }

  /** Steps that the network reads. */
  public static int steps(Mode mode, int seqLen, int horizon) {
    return mode == Mode.MANY_TO_MANY ? seqLen + horizon : seqLen;
  }

  /** Takes the newest value as the one to forecast at. Allocates nothing. */
  public void fill(History history) {
    int season = history.season();
    int week = history.shape().sevenSeasons();
    for (int i = 1; season > 1 && i <= horizon; i++) {
      int at = (i - 1) * CANDIDATES;
      fillCandidates(history, i, season, at + 1);
      if (week > 1 && history.has(history.t() + i - back(i, week))) {
        fillCandidates(history, i, week, at + 2);
      } else {
        candidates[at + 2] = candidates[at + 1];
        candidates[at + 4] = candidates[at + 3];
      }
    }
    if (season == 1) {
      Arrays.fill(candidates, 0);
    }
    scale = scale(history);
    fillRatios(history);
    long t = history.t();
    long first = Math.max(history.start(), history.oldest());
    for (int k = 0; k < seqLen; k++) {
      fillWindow(history, Math.max(first, t - seqLen + 1 + k), k * INPUTS);
    }
    for (int i = 1; manyToMany && i <= horizon; i++) {
      int at = (seqLen + i - 1) * INPUTS;
      input[at] = 0;
      input[at + 1] = bounded(candidate(i, 1));
      input[at + 2] = bounded(candidate(i, 2));
      input[at + 3] = 1;
      input[at + 4] = 0;
      input[at + 9] = 0;
      fillPhases(t + i, season, at);
    }
  }

  /** Values back to what is as many whole periods before step i, but no value to come. */
  private static long back(int i, int period) {
    return (long) period * ((i + period - 1) / period);
  }

  /** What was periods before step i, and the same with the change of level since. */
  private void fillCandidates(History history, int i, int period, int at) {
    long origin = history.t() - back(i, period);
    candidates[at] = before(history, origin + i);
    candidates[at + 2] =
        history.has(origin) ? history.at(origin + i) - history.at(origin) : candidates[at];
  }

  private void fillWindow(History history, long index, int at) {
    int season = history.season();
    int ahead = Math.min(seqLen, season);
    input[at] = bounded(history.at(index) - history.newest());
    input[at + 1] = bounded(before(history, index - season));
    input[at + 2] = bounded(aWeekBefore(history, index));
    input[at + 3] = manyToMany ? 0 : bounded(before(history, index - season + ahead));
    input[at + 4] = manyToMany ? 0 : bounded(aWeekBefore(history, index + ahead));
    double apart = scale > 0 ? apart(history, index) / unit : 0;
    input[at + 9] = (float) Math.max(-MOST, Math.min(MOST, apart));
    fillPhases(index, season, at);
  }

  private static double aWeekBefore(History history, long index) {
    int week = history.shape().sevenSeasons();
    boolean hasWeek = week > 1 && history.has(index - week);
    return before(history, index - (hasWeek ? week : history.season()));
  }

  private void fillPhases(long index, int season, int at) {
    double day = 2 * Math.PI * (index % season) / season;
    double week = 2 * Math.PI * (index % (7L * season)) / (7.0 * season);
    input[at + 5] = season > 1 ? (float) Math.sin(day) : 0;
    input[at + 6] = season > 1 ? (float) Math.cos(day) : 0;
    input[at + 7] = season > 1 ? (float) Math.sin(week) : 0;
    input[at + 8] = season > 1 ? (float) Math.cos(week) : 0;
    System.arraycopy(ratios, 0, input, at + INPUTS - RATIOS, RATIOS);
  }

  /** The unit, and how it and the other differences of the window compare with the scale. */
  private void fillRatios(History history) {
    int season = history.season();
    int week = history.shape().sevenSeasons();
    double squares = 0;
    double ofSeason = 0;
    double ofWeek = 0;
    double ofWeeksChange = 0;
    int values = 0;
    int seasons = 0;
    int weeks = 0;
    for (int k = 0; k < seqLen; k++) {
      long index = history.t() - k;
      if (index < history.start() || !history.has(index)) {
        continue;
      }
      double apart = apart(history, index);
      squares += apart * apart;
      values++;
      if (season > 1 && history.has(index - season)) {
        double change = history.at(index) - history.at(index - season);
        ofSeason += change * change;
        seasons++;
      }
      if (week > 1 && history.has(index - week)) {
        double change = history.at(index) - history.at(index - week);
        ofWeek += change * change;
        double more = change - (history.newest() - history.at(history.t() - week));
        ofWeeksChange += more * more;
        weeks++;
      }
    }
    unit = Math.max(LEAST_UNIT * scale, Math.sqrt(squares / values));
    ratios[0] = ratio(squares, values);
    ratios[1] = ratio(ofSeason, seasons);
    ratios[2] = weeks > 0 ? ratio(ofWeek, weeks) : ratios[1];
    ratios[3] = weeks > 0 ? ratio(ofWeeksChange, weeks) : ratios[0];
  }

  /** Half the logarithm of a root mean square in units of the scale. */
  private float ratio(double squares, int count) {
    double least = LEAST_UNIT * scale;
    return scale > 0 && count > 0
        ? (float) (Math.log(Math.max(least, Math.sqrt(squares / count)) / scale) / 2)
        : 0;
  }

  /**
   * How far a value's difference from a season before is from that of the newest value; without a
   * season, or that far in the past, its difference from the value before.
   */
  private static double apart(History history, long index) {
    int season = history.season();
    if (season > 1 && history.has(index - season)) {
      return history.at(index)
          - history.at(index - season)
          - (history.newest() - history.at(history.t() - season));
    }
    return history.has(index - 1) ? history.at(index) - history.at(index - 1) : 0;
  }

  /** A value of the past, relative to the newest; 0 without a season or where it is not kept. */
  private static double before(History history, long index) {
    return history.season() > 1 && history.has(index) ? history.at(index) - history.newest() : 0;
  }

  private double scale(History history) {
    double squares = 0;
    int count = 0;
    for (int k = 0; k < seqLen; k++) {
      long index = history.t() - k;
      if (index >= history.start() && history.has(index)) {
        double apart = history.at(index) - history.newest();
        squares += apart * apart;
        count++;
      }
      if (history.season() > 1 && history.has(index - history.season())) {
        double apart = before(history, index - history.season());
        squares += apart * apart;
        count++;
      }
    }
    for (int i = 0; history.season() > 1 && i < Math.min(horizon, seqLen); i++) {
      squares += candidate(i + 1, 1) * candidate(i + 1, 1);
      count++;
    }
    return Math.sqrt(squares / count);
  }

  private float bounded(double apart) {
    return scale > 0 ? (float) Math.max(-MOST, Math.min(MOST, apart / scale)) : 0;
  }

  /** (steps, INPUTS), what the network reads; not a copy. */
  public float[] input() {
    return input;
  }

  /** Unit of what the network reads; 0 where all values are equal. */
  public double scale() {
    return scale;
  }

  /** Unit of what the network adds: how much the differences in the window usually are. */
  public double unit() {
    return unit;
  }

  /** What a candidate says of step i from 1, relative to the newest value; 0 for the first one. */
  public double candidate(int i, int candidate) {
    return candidates[(i - 1) * CANDIDATES + candidate];
  }
}
