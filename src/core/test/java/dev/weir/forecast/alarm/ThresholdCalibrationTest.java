package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How often what is foretold of real series happens, each prediction made before. The limits are
 * quantiles of the first 40 % of a series; what comes after them is counted, nothing is learned
 * before.
 */
class ThresholdCalibrationTest {

  private static final Path SERIES = Path.of("src/cli/main/resources/sample");
  private static final List<String> SOME =
      List.of("uci_bike.csv", "nab_elb_requests.csv", "vega_seattle_tmax.csv");
  private static final int HORIZON = 12;
  private static final int[] WITHIN = {1, 4, HORIZON};
  private static final double[] QUANTILES = {0.8, 0.9, 0.95};
  private static final double[][] BINS = {{0.45, 0.55}, {0.75, 0.85}, {0.925, 0.975}};
  private static final double PAST = 0.4;
  private static final int QUIET = 10;

  /** By bin: predictions and events. */
  private static final class Counts {
    final double[][] bins = new double[BINS.length][2];
    int opened;
    int crossed;

    void add(double probability, boolean occurred) {
      for (int b = 0; b < BINS.length; b++) {
        if (probability >= BINS[b][0] && probability < BINS[b][1]) {
          bins[b][0]++;
          bins[b][1] += occurred ? 1 : 0;
        }
      }
    }

    double share(int bin) {
      return bins[bin][1] / bins[bin][0];
    }
  }

  private static final class Run {
    final ThresholdTracker tracker;
    final ThresholdState state;
    final Counts counts;
    final double[] probabilities;

    Run(Threshold threshold, List<Double> levels, Counts counts, int values) {
      this.tracker = new ThresholdTracker(threshold, levels);
      this.state = tracker.newSeries();
      this.counts = counts;
      this.probabilities = new double[values];
      Arrays.fill(probabilities, Double.NaN);
    }

    void count(double[] values) {
      int within = tracker.threshold().within();
      for (int i = 0; i + within < values.length; i++) {
        boolean occurred = false;
        for (int k = 1; k <= within; k++) {
          occurred |= tracker.threshold().isCrossedBy(values[i + k]);
        }
        if (!Double.isNaN(probabilities[i])) {
          counts.add(probabilities[i], occurred);
        }
      }
    }
  }

  private static void measure(Path file, Counts[] counts) throws IOException {
    List<String> lines = Files.readAllLines(file);
    double[] values = new double[lines.size() - 1];
    LearnerSettings settings = LearnerSettings.defaults(HORIZON);
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries(file.getFileName().toString(), LearnerSettings.AUTO);
    double[] forecast = new double[HORIZON];
    double[][] lower = new double[settings.levels().size()][HORIZON];
    double[][] upper = new double[settings.levels().size()][HORIZON];
    int past = (int) (PAST * values.length);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      String[] fields = lines.get(i + 1).split(",");
      values[i] = Double.parseDouble(fields[2]);
      learner.observe(state, Instant.parse(fields[1]).toEpochMilli(), values[i]);
      if (i + 1 == past) {
        double[] sorted = Arrays.copyOf(values, past);
        Arrays.sort(sorted);
        for (double quantile : QUANTILES) {
          for (int k = 0; k < 2 * WITHIN.length; k++) {
            boolean above = k % 2 == 0;
            double limit = sorted[(int) ((above ? quantile : 1 - quantile) * (past - 1))];
            Threshold threshold = new Threshold(limit, above, WITHIN[k / 2], 0.8);
            runs.add(new Run(threshold, settings.levels(), counts[k / 2], values.length));
          }
        }
      }
      if (!runs.isEmpty()) {
        learner.forecast(state, forecast, lower, upper);
      }
      for (Run run : runs) {
        run.probabilities[i] = run.tracker.predict(run.state, values[i], forecast, lower, upper);
        ThresholdTracker.Change change =
            run.tracker.warn(run.state, i, values[i], forecast, 1, QUIET, true);
        run.counts.opened += change == ThresholdTracker.Change.OPENED ? 1 : 0;
        run.counts.crossed += change == ThresholdTracker.Change.CROSSED ? 1 : 0;
      }
    }
    runs.forEach(run -> run.count(values));
  }

  @Test
  void probabilitiesOfRealSeriesComeTrueAsOften() throws IOException {
    Counts[] counts = new Counts[WITHIN.length];
    Arrays.setAll(counts, k -> new Counts());
    for (String file : SOME) {
      measure(SERIES.resolve(file), counts);
    }
    Counts all = new Counts();
    for (int k = 0; k < WITHIN.length; k++) {
      for (int b = 0; b < BINS.length; b++) {
        for (int n = 0; n < 2; n++) {
          all.bins[b][n] += counts[k].bins[b][n];
        }
      }
      assertThat(counts[k].share(1)).as("80 %, within %d", WITHIN[k]).isBetween(0.75, 0.85);
      assertThat(counts[k].share(0)).as("50 %, within %d", WITHIN[k]).isBetween(0.43, 0.57);
      assertThat(counts[k].share(2)).as("95 %, within %d", WITHIN[k]).isBetween(0.90, 0.99);
      assertThat((double) counts[k].crossed / counts[k].opened).isGreaterThan(0.8);
    }
    assertThat(all.share(1)).isBetween(0.77, 0.83);
  }
}
