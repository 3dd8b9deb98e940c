package dev.weir.forecast;

import dev.weir.forecast.expert.Experts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;

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

  /** As {@link #WEIR}, without the experts that are networks; absent when there are none. */
  public static final String WITHOUT_NETWORKS = "weir_without_networks";

  public static final String NAIVE = "naive";
  public static final String SEASONAL_NAIVE = "seasonal_naive";

  /** Origins end this far before the end, also for shorter horizons. */
  private static final int LAST_HORIZON = 24;

  private static final double FLOOR = 1e-9;

  private final LearnerSettings settings;

  public Evaluation(LearnerSettings settings) {
    this.settings = settings;
  }

  /**
   * Scores one series.
   *
   * @param values in order of time; read up to {@code limit}
   * @param season m, for the scores and for the learner
   * @param learnt the season given to the learner, usually m or {@link LearnerSettings#AUTO}
   * @return scores by method: ours first, then without networks, then the two naive ones, then each
   *     expert alone
   * @throws IllegalArgumentException when the series is too short to have an origin
   */
  public Map<String, SeriesScore> evaluate(
      String series, PrimitiveIterator.OfDouble values, int season, int learnt, int limit) {
    return evaluate(series, collect(values, limit), season, learnt);
  }

  private static double[] collect(PrimitiveIterator.OfDouble values, int limit) {
    double[] y = new double[Math.min(limit, 1024)];
    int n = 0;
    while (n < limit && values.hasNext()) {
      if (n == y.length) {
        y = Arrays.copyOf(y, Math.min(limit, 2 * n));
      }
      y[n++] = values.nextDouble();
    }
    return Arrays.copyOf(y, n);
  }

  private Map<String, SeriesScore> evaluate(String series, double[] y, int m, int learnt) {
    int n = y.length;
    int h = settings.horizon();
    int warmUp = Math.min(Math.max(200, 3 * m), n / 3);
    int last = n - Math.max(LAST_HORIZON, h);
    if (last < warmUp || warmUp <= m) {
      throw new IllegalArgumentException(
          "%s: expected more than %d values for a season of %d, got %d"
              .formatted(series, Math.max(3 * m, warmUp + Math.max(LAST_HORIZON, h)), m, n));
    }
    Learner learner = new Learner(settings);
    SeriesMemory memory = learner.newSeries(series, learnt);
    List<String> plain = new ArrayList<>(settings.experts());
    boolean networks = plain.removeAll(Experts.NETWORKS);
    Learner without = networks ? new Learner(settings.withExperts(plain)) : null;
    SeriesMemory memoryWithout = networks ? without.newSeries(series, learnt) : null;
    double[] valuesWithout = new double[h];
    Sums oursWithout = new Sums(0);
    int levels = settings.levels().size();
    double[] values = new double[h];
    double[][] lower = new double[levels][h];
    double[][] upper = new double[levels][h];
    Sums ours = new Sums(levels);
    Sums naive = new Sums(0);
    Sums seasonal = new Sums(0);
    List<Sums> alone = new ArrayList<>();
    for (int e = 0; e < learner.experts(); e++) {
      alone.add(new Sums(0));
    }
    for (int t = 1; t <= last; t++) { // t values seen
      learner.observe(memory, t - 1, y[t - 1]);
      if (networks) {
        without.observe(memoryWithout, t - 1, y[t - 1]);
      }
      if (t < warmUp) {
        continue;
      }
      learner.forecast(memory, values, lower, upper);
      if (networks) {
        without.forecast(memoryWithout, valuesWithout, null, null);
      }
      for (int i = 1; i <= h; i++) {
        double truth = y[t - 1 + i];
        ours.add(truth, values[i - 1]);
        oursWithout.add(truth, valuesWithout[i - 1]);
        for (int k = 0; k < levels; k++) {
          ours.addInterval(k, settings.levels().get(k), truth, lower[k][i - 1], upper[k][i - 1]);
        }
        naive.add(truth, y[t - 1]);
        seasonal.add(truth, y[t - 1 + i - m * ((i + m - 1) / m)]);
        for (int e = 0; e < learner.experts(); e++) {
          alone.get(e).add(truth, learner.expertForecast(memory, e, i));
        }
      }
    }
    double scale = Math.max(FLOOR, meanDifference(y, warmUp, m, false));
    double squaredScale = Math.max(FLOOR, Math.sqrt(meanDifference(y, warmUp, 1, true)));
    double best = Math.min(naive.meanError(), seasonal.meanError());
    Map<String, SeriesScore> scores = new LinkedHashMap<>();
    scores.put(WEIR, ours.score(scale, squaredScale, best));
    if (networks) {
      scores.put(WITHOUT_NETWORKS, oursWithout.score(scale, squaredScale, best));
    }
    scores.put(NAIVE, naive.score(scale, squaredScale, best));
    scores.put(SEASONAL_NAIVE, seasonal.score(scale, squaredScale, best));
    for (int e = 0; e < learner.experts(); e++) {
      scores.put("expert:" + learner.expertName(e), alone.get(e).score(scale, squaredScale, best));
    }
    return scores;
  }

  /** Mean of |y[t] - y[t-lag]|, or of its square, over the first values. */
  static double meanDifference(double[] y, int values, int lag, boolean squared) {
    double sum = 0;
    for (int t = lag; t < values; t++) {
      double difference = Math.abs(y[t] - y[t - lag]);
      sum += squared ? difference * difference : difference;
    }
    return sum / (values - lag);
  }

  /** Sums over origins and steps of one method. */
  static final class Sums {
    private long count;
    private double absolute;
    private double squared;
    private double symmetric;
    private final long[] covered;
    private final double[] intervals;

    Sums(int levels) {
      covered = new long[levels];
      intervals = new double[levels];
    }

    void add(double truth, double forecast) {
      double error = Math.abs(truth - forecast);
      count++;
      absolute += error;
      squared += error * error;
      symmetric += 200 * error / Math.max(FLOOR, Math.abs(truth) + Math.abs(forecast));
    }

    void addInterval(int k, double level, double truth, double lower, double upper) {
      if (truth >= lower && truth <= upper) {
        covered[k]++;
      }
      double miss = Math.max(0, lower - truth) + Math.max(0, truth - upper);
      intervals[k] += upper - lower + 2 / (1 - level) * miss;
    }

    double meanError() {
      return absolute / count;
    }

    SeriesScore score(double scale, double squaredScale, double best) {
      double[] coverage = new double[covered.length];
      double[] intervalScore = new double[covered.length];
      for (int k = 0; k < covered.length; k++) {
        coverage[k] = (double) covered[k] / count;
        intervalScore[k] = intervals[k] / count / scale;
      }
      return new SeriesScore(
          count,
          absolute / count / scale,
          symmetric / count,
          Math.sqrt(squared / count) / squaredScale,
          best > 0 ? absolute / count / best : Double.NaN,
          coverage,
          intervalScore);
    }
  }
}
