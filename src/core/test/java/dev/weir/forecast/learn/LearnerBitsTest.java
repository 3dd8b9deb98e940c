package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.OtherJvm;
import dev.weir.rnn.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a series learns does not depend on the JVM, on how wide a processor's vectors are, or on a
 * warm-up.
 */
class LearnerBitsTest {

  private static final List<String> EXPECTED = Season.lines();

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--add-modules=jdk.incubator.vector",
        "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=16",
        "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=32",
        "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1"
      })
  void eachJvmLearnsTheSameBits(String flags) throws Exception {
    assertThat(OtherJvm.lines(flags, Season.class)).containsExactlyElementsOf(EXPECTED);
  }

  /** A program of a JVM of its own. */
  static final class Season {

    private static final int VALUES = 300;
    private static final int SEASON = 12;
    private static final int HORIZON = 2;
    private static final List<String> EXPERTS = // of those with vectors, one of each kind
        List.of("rls-ar", "analogs", "analogs-wide", "analogs-of-deviations");

    public static void main(String[] arguments) {
      lines().forEach(System.out::println);
    }

    /**
     * The bits of forecasts and intervals after some of the values, then of all that was learned.
     */
    static List<String> lines() {
      LearnerSettings settings = LearnerSettings.defaults(HORIZON).withExperts(EXPERTS);
      Learner learner = new Learner(settings);
      LearnerState memory = learner.newSeries("a", SEASON);
      double[] values = new double[HORIZON];
      double[][] lower = new double[settings.levels().size()][HORIZON];
      double[][] upper = new double[settings.levels().size()][HORIZON];
      List<String> lines = new ArrayList<>();
      for (int t = 0; t < VALUES; t++) {
        learner.observe(
            memory, t, t % SEASON * 3 + t * 37 % 19 / 8.0); // no sine: no library's bits
        learner.forecast(memory, values, lower, upper);
        if (t % 50 == 49) {
          lines.add(
              "%d %d %d %d"
                  .formatted(
                      t,
                      Arrays.hashCode(values),
                      Arrays.deepHashCode(lower),
                      Arrays.deepHashCode(upper)));
        }
      }
      lines.add("floats " + Arrays.hashCode(memory.floats()));
      lines.add("doubles " + Arrays.hashCode(memory.doubles()));
      return lines;
    }
  }

  private static final LearnerSettings SETTINGS = LearnerSettings.small(3);

  @BeforeEach
  void onlyWithTheModule() {
    assumeTrue(Kernels.vectors(), "the module jdk.incubator.vector");
  }

  @Test
  void whatASeriesLearnsIsTheSameWithAWarmUpInBetween() {
    assertThat(forecasts(true)).containsExactly(forecasts(false));
  }

  @Test
  void eachSettingsAreWarmedUpOnce() {
    LearnerWarmUp warmUp = new LearnerWarmUp(TimeUnit.MINUTES.toNanos(1));
    LearnerSettings few = SETTINGS.withExperts(List.of("naive"));
    assertThat(warmUp.run(new Learner(few))).as("at first").isTrue();
    assertThat(warmUp.run(new Learner(few))).as("once more").isFalse();
  }

  @Test
  void allSettingsTogetherAreWarmedUpForABoundedTime() {
    LearnerWarmUp warmUp = new LearnerWarmUp(1);
    assertThat(warmUp.run(new Learner(SETTINGS))).as("at first").isTrue();
    assertThat(warmUp.run(new Learner(LearnerSettings.small(4)))).as("others").isFalse();
  }

  @Test
  void withoutVectorsThereIsNothingToDo() {
    System.setProperty("weir.kernel", "plain");
    try {
      assertThat(new LearnerWarmUp(1).run(new Learner(SETTINGS))).isFalse();
    } finally {
      System.clearProperty("weir.kernel");
    }
  }

  private static double[] forecasts(boolean warmUp) {
    Learner learner = new Learner(SETTINGS);
    LearnerState memory = learner.newSeries("a", 7);
    double[] all = new double[3 * 60];
    double[] values = new double[3];
    for (int t = 0; t < 60; t++) {
      learner.observe(memory, t, t % 7 + 0.01 * (t % 5));
      if (warmUp && t == 30) {
        assertThat(new LearnerWarmUp(TimeUnit.MILLISECONDS.toNanos(50)).run(learner)).isTrue();
      }
      learner.forecast(memory, values, null, null);
      System.arraycopy(values, 0, all, 3 * t, 3);
    }
    return all;
  }
}
