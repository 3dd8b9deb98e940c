package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Score;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What scores of distributions add to the CPU time of a value, with a record after each ten values:
 * {@code mvn test -pl src/flink -am -Dtest=DistributionCostTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dscores.cost=1}. Blocks of both alternate, and the ratio
 * is the median over pairs of blocks.
 */
@EnabledIfSystemProperty(named = "scores.cost", matches = ".+")
class DistributionCostTest {

  private static final int PAIRS = 61;
  private static final int BLOCK = 2_000; // values
  private static final int EVERY = 10;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private static final class Series {
    private final Learner learner;
    private final LearnerState state;
    private final ScoreCodec codec = new ScoreCodec();
    private int t;
    private long bytes;

    Series(int horizon, boolean scores) {
      learner = new Learner(LearnerSettings.defaults(horizon));
      learner.scoreDistributions(scores);
      state = learner.newSeries("s", 24);
    }

    void run() {
      for (int end = t + BLOCK; t < end; t++) {
        double value = 5 * Math.sin(2 * Math.PI * t / 24) + Math.sin(1.0 * t * t);
        learner.observe(state, 3_600_000L * t, value);
        if (t % EVERY == EVERY - 1) {
          bytes += codec.encode(score(value)).length;
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
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 24})
  void ratioOfCpuTime(int horizon) {
    Series off = new Series(horizon, false);
    Series on = new Series(horizon, true);
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
        "horizon %d: %.2f us for a value without scores; with them times %.4f (quartiles %.4f,"
            + " %.4f)%n",
        horizon,
        nanos.get(PAIRS / 2) / 1e3 / BLOCK,
        ratios.get(PAIRS / 2),
        ratios.get(PAIRS / 4),
        ratios.get(3 * PAIRS / 4));
    assertThat(on.bytes).isGreaterThan(off.bytes);
  }

  private long cpu(Series series) {
    long start = threads.getCurrentThreadCpuTime();
    series.run();
    return threads.getCurrentThreadCpuTime() - start;
  }
}
