package dev.weir.cli.evaluate;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Score;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.score.ProperScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prequential evaluation (test, then train; Dawid 1984) of a learner and its experts on whole
 * series, protocol PSF-1:
 *
 * <ul>
 *   <li>Warm-up W = min(max(200, 3m), n / 3) values, m the season. Origins t = W .. n - 24 (n - h
 *       for longer horizons; the same for all shorter ones, so that they can be compared), t
 *       counting values seen.
 *   <li>At each origin every method forecasts t+1 .. t+h from the values up to t.
 *   <li>Means are over all origins and steps, see {@link SeriesScore}.
 * </ul>
 */
public final class Evaluation {

  public static final String WEIR = "weir";

  /** As {@link #WEIR}, without the experts that are networks; absent without such experts. */
  public static final String WITHOUT_NETWORKS = "weir_without_networks";

  /** As {@link #WEIR}, without the models outside of Weir; absent without such models. */
  public static final String WITHOUT_OUTSIDE = "weir_without_outside";

  public static final String NAIVE = "naive";
  public static final String SEASONAL_NAIVE = "seasonal_naive";

  /** Origins end this far before the end, also for shorter horizons. */
  private static final int LAST_HORIZON = 24;

  private static final double FLOOR = 1e-9;
  private static final double[] NONE = {};

  private final LearnerSettings settings;

  public Evaluation(LearnerSettings settings) {
    this.settings = settings;
  }

  /**
   * Scores of the two naive methods and of each expert alone, without those of the mixture.
   *
   * @param learned the season given to the learner
   */
  public Map<String, SeriesScore> evaluateOthers(Trial trial, int learned) {
    Learner learner = new Learner(settings);
    LearnerState memory = learner.newSeries(trial.series(), learned);
    List<Sums> alone = new ArrayList<>();
    for (int e = 0; e < learner.experts(); e++) {
      alone.add(new Sums(0));
    }
    for (int t = 1; t <= trial.lastOrigin(); t++) {
      learner.observe(memory, t - 1, trial.value(t), trial.observed(t), trial.ahead(t));
      for (int i = 1; trial.isOrigin(t) && i <= learner.horizon(); i++) {
        for (int e = 0; e < learner.experts(); e++) {
          alone.get(e).add(i, trial.truth(t + i), learner.expertForecast(e, i));
        }
      }
    }
    Map<String, SeriesScore> scores = new LinkedHashMap<>();
    scores.put(NAIVE, trial.score(trial.naive));
    scores.put(SEASONAL_NAIVE, trial.score(trial.seasonal));
    for (int e = 0; e < learner.experts(); e++) {
      scores.put(Score.Method.EXPERT + learner.expertName(e), trial.score(alone.get(e)));
    }
    return scores;
  }

  /**
   * What is known ahead of a value: the covariates of the values after it.
   *
   * @param covariates (values, covariates known ahead), each of its value's own time
   * @param row of the value, from 0
   * @param steps how far ahead they are known
   * @return (steps, covariates), row-major; fewer steps at the end
   */
  public static double[] knownAhead(double[][] covariates, int row, int steps) {
    int count = covariates[row].length;
    int reach = count == 0 ? 0 : Math.min(steps, covariates.length - 1 - row);
    double[] known = reach == 0 ? NONE : new double[reach * count];
    for (int i = 0; i < reach; i++) {
      System.arraycopy(covariates[row + 1 + i], 0, known, i * count, count);
    }
    return known;
  }

  /**
   * What the protocol makes of one series: its origins, its naive forecasts and its scales. The
   * forecasts of its origins are scored here.
   */
  public static final class Trial {
    private final String series;
    private final double[] y;
    private final int m;
    private final int horizon;
    private final int warmUp;
    private final int every;
    private final int last;
    private final BitSet missing;
    private final int origins;
    private double[][] observed = {}; // (values, observed covariates)
    private double[][] ahead = {}; // (values, what is known ahead)
    private final Sums naive = new Sums(0);
    private final Sums seasonal = new Sums(0);
    private final double scale;
    private final double squaredScale;

    /**
     * @param values in order of time; kept, not copied
     * @param m season of the scores; 1 for none
     * @param first origin, as a number of values seen; 0 for that of the protocol
     * @param every values from one origin to the next
     * @param missing indices of values that are filled in: methods may read them, but no forecast
     *     is made at one, and none is scored by one
     * @throws IllegalArgumentException when the series is too short to have an origin
     */
    public Trial(
        String series, double[] values, int m, int horizon, int first, int every, BitSet missing) {
      this.series = series;
      this.missing = missing;
      this.every = every;
      this.y = values;
      this.m = m;
      this.horizon = horizon;
      int n = y.length;
      this.warmUp = first > 0 ? first : Math.min(Math.max(200, 3 * m), n / 3);
      boolean isProtocol = first == 0 && every == 1;
      this.last = n - (isProtocol ? Math.max(LAST_HORIZON, horizon) : horizon);
      if (last < warmUp || warmUp <= m) {
        throw new IllegalArgumentException(
            "%s: expected more than %d values for a season of %d, got %d"
                .formatted(
                    series, Math.max(3 * m, warmUp + Math.max(LAST_HORIZON, horizon)), m, n));
      }
      int count = 0;
      for (int t = warmUp; t <= last; t += every) {
        for (int i = 1; isOrigin(t) && i <= horizon; i++) {
          naive.add(i, truth(t + i), value(t));
          seasonal.add(i, truth(t + i), seasonal(t, i));
        }
        count += isOrigin(t) ? 1 : 0;
      }
      this.origins = count;
      this.scale = Math.max(FLOOR, meanDifference(y, missing, warmUp, m, false));
      this.squaredScale = Math.max(FLOOR, Math.sqrt(meanDifference(y, missing, warmUp, 1, true)));
    }

    public String series() {
      return series;
    }

    /** Season of the scores. */
    public int m() {
      return m;
    }

    /** The first origin, as a number of values seen. */
    public int firstOrigin() {
      return warmUp;
    }

    /** The last origin, as a number of values seen. */
    public int lastOrigin() {
      return last;
    }

    public int origins() {
      return origins;
    }

    int horizon() {
      return horizon;
    }

    /** Whether forecasts of each value are scored. */
    boolean isEach() {
      return every == 1;
    }

    /** Whether forecasts that were made after so many values are scored. */
    public boolean isOrigin(int t) {
      return t >= warmUp && t <= last && (t - warmUp) % every == 0 && !missing.get(t - 1);
    }

    /**
     * Sets what comes beside the values; nothing before.
     *
     * @param observed (values, observed covariates)
     * @param ahead (values, covariates known ahead), each of its value's own time
     */
    public void covariates(double[][] observed, double[][] ahead) {
      this.observed = observed;
      this.ahead = ahead;
    }

    private double[] observed(int t) {
      return observed.length == 0 ? NONE : observed[t - 1];
    }

    private double[] ahead(int t) {
      return ahead.length == 0 ? NONE : knownAhead(ahead, t - 1, horizon);
    }

    /** The value number t, from 1. */
    public double value(int t) {
      return y[t - 1];
    }

    /** The value number t as a forecast's truth: NaN if it is filled in. */
    public double truth(int t) {
      return missing.get(t - 1) ? Double.NaN : y[t - 1];
    }

    /** What a mean absolute error is divided by to become a MASE. */
    public double scale() {
      return scale;
    }

    /**
     * Adds one forecast.
     *
     * @param t its origin
     * @param forecast (horizon), the medians
     */
    public void add(Sums sums, int t, double[] forecast, List<Interval> intervals) {
      double[] truth = new double[horizon];
      Arrays.setAll(truth, i -> truth(t + 1 + i));
      sums.add(truth, forecast, intervals);
    }

    /** What repeating the last season says at t of the value i steps later. */
    double seasonal(int t, int i) {
      return value(t + i - m * ((i + m - 1) / m));
    }

    /** The scores of a method after all origins were added. */
    public SeriesScore score(Sums sums) {
      return score(sums, naive, seasonal);
    }

    /**
     * The same with the errors of naive methods on other steps: those that the method forecasts.
     */
    SeriesScore score(Sums sums, Sums naive, Sums seasonal) {
      double best = Math.min(naive.meanError(), seasonal.meanError());
      return sums.score(scale, squaredScale, best);
    }
  }

  /** Mean of |y[t] - y[t-lag]|, or of its square, over the first values; filled ones left out. */
  public static double meanDifference(
      double[] y, BitSet missing, int values, int lag, boolean squared) {
    double sum = 0;
    int count = 0;
    for (int t = lag; t < values; t++) {
      if (!missing.get(t) && !missing.get(t - lag)) {
        double difference = Math.abs(y[t] - y[t - lag]);
        sum += squared ? difference * difference : difference;
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  /** Sums over origins and steps of one method. A truth that is NaN counts nowhere. */
  public static final class Sums {
    private long count;
    private double absolute;
    private double squared;
    private double symmetric;
    private final long[] covered;
    private final double[] intervals;
    private double[] byStep = {}; // (steps), absolute errors
    private long[] counts = {}; // (steps)
    private DistributionScore.Sums distributions;

    /**
     * @param levels intervals of each forecast
     */
    public Sums(int levels) {
      covered = new long[levels];
      intervals = new double[levels];
    }

    /**
     * @param step ahead, from 1
     */
    void add(int step, double truth, double forecast) {
      if (step > byStep.length) {
        byStep = Arrays.copyOf(byStep, step);
        counts = Arrays.copyOf(counts, step);
      }
      if (Double.isNaN(truth)) {
        return;
      }
      double error = Math.abs(truth - forecast);
      byStep[step - 1] += error;
      counts[step - 1]++;
      count++;
      absolute += error;
      squared += error * error;
      symmetric += 200 * error / Math.max(FLOOR, Math.abs(truth) + Math.abs(forecast));
    }

    void addInterval(int k, double level, double truth, double lower, double upper) {
      if (Double.isNaN(truth)) {
        return;
      }
      if (truth >= lower && truth <= upper) {
        covered[k]++;
      }
      intervals[k] += ProperScores.interval(level, lower, upper, truth);
    }

    /**
     * Adds a forecast of the steps from the first on.
     *
     * @param truth (steps)
     * @param forecast (steps), the medians
     * @param intervals with ascending levels, the same for all origins
     */
    public void add(double[] truth, double[] forecast, List<Interval> intervals) {
      for (int i = 0; i < forecast.length; i++) {
        add(i + 1, truth[i], forecast[i]);
        for (int k = 0; k < intervals.size(); k++) {
          Interval of = intervals.get(k);
          addInterval(k, of.level(), truth[i], of.lower()[i], of.upper()[i]);
        }
      }
      if (distributions == null && !intervals.isEmpty()) {
        double[] levels = intervals.stream().mapToDouble(Interval::level).toArray();
        distributions = new DistributionScore.Sums(levels);
      }
      if (!intervals.isEmpty()) {
        distributions.add(truth, forecast, intervals);
      }
    }

    long count() {
      return count;
    }

    int levels() {
      return covered.length;
    }

    public double meanError() {
      return absolute / count;
    }

    public SeriesScore score(double scale, double squaredScale, double best) {
      double[] coverage = new double[covered.length];
      double[] intervalScore = new double[covered.length];
      for (int k = 0; k < covered.length; k++) {
        coverage[k] = (double) covered[k] / count;
        intervalScore[k] = intervals[k] / count / scale;
      }
      double[] stepErrors = new double[byStep.length];
      for (int i = 0; i < byStep.length; i++) {
        stepErrors[i] = byStep[i] / counts[i] / scale;
      }
      return new SeriesScore(
          count,
          absolute / count / scale,
          symmetric / count,
          Math.sqrt(squared / count) / squaredScale,
          best > 0 ? absolute / count / best : Double.NaN,
          coverage,
          intervalScore,
          stepErrors,
          distributions == null ? null : distributions.score(scale));
    }
  }
}
