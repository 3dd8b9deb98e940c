package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.kafka.codec.ForecastCodec;
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
 * What explanations add to the CPU time of a value, from the value to the bytes of its forecast:
 * {@code mvn test -pl src/flink -am -Dtest=ExplanationCostTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dexplanation.cost=1}. Blocks of both alternate, and the
 * ratio is the median over pairs of blocks.
 */
@EnabledIfSystemProperty(named = "explanation.cost", matches = ".+")
class ExplanationCostTest {

  private static final int PAIRS = 61;
  private static final int BLOCK = 1_000; // values

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private static final class Series {
    private final Learner learner;
    private final LearnerState state;
    private final boolean explains;
    private final ForecastCodec codec = new ForecastCodec();
    private int t;
    private long bytes;

    Series(LearnerSettings settings, boolean explains) {
      learner = new Learner(settings);
      state = learner.newSeries("s", 24);
      this.explains = explains;
    }

    void run() {
      double[] values = new double[learner.horizon()];
      for (int end = t + BLOCK; t < end; t++) {
        double value = 5 * Math.sin(2 * Math.PI * t / 24) + Math.sin(1.0 * t * t);
        learner.observe(state, 3_600_000L * t, value);
        learner.forecast(state, values, null, null);
        bytes += codec.encode(forecast(values)).length;
      }
    }

    private Forecast forecast(double[] values) {
      return new Forecast(
          "s",
          t,
          t,
          5,
          Mode.MANY_TO_ONE,
          null,
          new Forecast.Steps(values, List.of()),
          "",
          -1,
          0,
          Status.OK,
          0,
          explains ? learner.explain(state, values[0], List.of()) : null);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, small", "2, default", "24, default"})
  void ratioOfCpuTime(int horizon, String size) {
    LearnerSettings settings =
        size.equals("small") ? LearnerSettings.small(horizon) : LearnerSettings.defaults(horizon);
    Series off = new Series(settings, false);
    Series on = new Series(settings, true);
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
        "%s, horizon %d: %.2f us for a value without explanations; with them times %.3f (quartiles"
            + " %.3f, %.3f), and %d more bytes%n",
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
