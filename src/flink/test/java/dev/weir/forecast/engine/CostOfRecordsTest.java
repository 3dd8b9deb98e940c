package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.forecast.TestForecast;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What explanations, and scores of distributions after each ten values, add to the CPU time of a
 * value, from the value to the bytes of its records: {@code mvn test -pl src/flink -am
 * -Dtest=CostOfRecordsTest -Dsurefire.failIfNoSpecifiedTests=false -Drecords.cost=1}. Blocks with
 * and without alternate, and the ratio is the median over pairs of blocks.
 */
@EnabledIfSystemProperty(named = "records.cost", matches = ".+")
class CostOfRecordsTest {

  private static final int PAIRS = 61;
  private static final int BLOCK = 2_000; // values
  private static final int EVERY = 10;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private static final class Series {
    private final Learner learner;
    private final LearnerState state;
    private final boolean ofForecasts;
    private final boolean on;
    private final ScoreCodec scores = new ScoreCodec();
    private final ForecastCodec forecasts = new ForecastCodec();
    private int t;
    private long bytes;

    /**
     * @param ofForecasts with explanations, else scores
     */
    Series(LearnerSettings settings, boolean ofForecasts, boolean on) {
      learner = new Learner(settings);
      learner.scoreDistributions(on && !ofForecasts);
      state = learner.newSeries("s", 24);
      this.ofForecasts = ofForecasts;
      this.on = on;
    }

    void run() {
      double[] values = new double[learner.horizon()];
      for (int end = t + BLOCK; t < end; t++) {
        double value = 5 * Math.sin(2 * Math.PI * t / 24) + Math.sin(1.0 * t * t);
        learner.observe(state, 3_600_000L * t, value);
        if (ofForecasts) {
          learner.forecast(state, values, null, null);
          bytes += forecasts.encode(forecast(values)).length;
        } else if (t % EVERY == EVERY - 1) {
          bytes += scores.encode(score(value)).length;
        }
      }
    }

    private Score score(double value) {
      return new Score(
          "s",
          t,
          Mode.MANY_TO_ONE,
          value,
          t,
          new double[learner.horizon()],
          1,
          1,
          0.8,
          0.8,
          List.of(),
          DistributionMeans.of(learner, state));
    }

    private Forecast forecast(double[] values) {
      return TestForecast.of("s", t)
          .steps(new Forecast.Steps(values, List.of()))
          .explanation(on ? learner.explain(state, values[0], List.of()) : null)
          .build();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "scores, 2, default",
    "scores, 24, default",
    "explanations, 2, small",
    "explanations, 2, default",
    "explanations, 24, default"
  })
  void ratioOfCpuTime(String what, int horizon, String size) {
    LearnerSettings settings =
        size.equals("small") ? LearnerSettings.small(horizon) : LearnerSettings.defaults(horizon);
    boolean ofForecasts = what.equals("explanations");
    Series off = new Series(settings, ofForecasts, false);
    Series on = new Series(settings, ofForecasts, true);
    List<Double> ratios = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    for (int k = -10; k < PAIRS; k++) {
      boolean isFirst = k % 2 == 0;
      long first = cpu(isFirst ? off : on);
      long second = cpu(isFirst ? on : off);
      if (k >= 0) {
        ratios.add(isFirst ? (double) second / first : (double) first / second);
        nanos.add(isFirst ? first : second);
      }
    }
    Collections.sort(ratios);
    Collections.sort(nanos);
    System.out.printf(
        "%s, %s, horizon %d: %.2f us for a value without; with them times %.4f (quartiles %.4f,"
            + " %.4f), and %d more bytes%n",
        what,
        size,
        horizon,
        nanos.get(PAIRS / 2) / 1e3 / BLOCK,
        ratios.get(PAIRS / 2),
        ratios.get(PAIRS / 4),
        ratios.get(3 * PAIRS / 4),
        (on.bytes - off.bytes) / on.t);
    assertThat(on.bytes).isGreaterThan(off.bytes);
  }

  private long cpu(Series series) {
    long start = threads.getCurrentThreadCpuTime();
    series.run();
    return threads.getCurrentThreadCpuTime() - start;
  }
}
