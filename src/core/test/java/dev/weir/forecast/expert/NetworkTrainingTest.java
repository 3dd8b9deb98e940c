package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.expert.NetworkTraining.LossSteps;
import dev.weir.forecast.expert.NetworkTraining.Method;
import dev.weir.forecast.expert.NetworkTraining.Tuning;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTrainingTest {

  private static final NetworkTraining DEFAULT = NetworkTraining.DEFAULT;
  private static final NetworkTraining STEPS = DEFAULT.withLossSteps(LossSteps.ALL_STEPS, false);

  private static SingleExpert single(String name, NetworkTraining training) {
    return new SingleExpert(Experts.create(name, 12, 8, 500, training), 3, 1);
  }

  private static double value(int t) {
    return 10 + 3 * Math.sin(0.5 * t) + 0.1 * new Random(t).nextGaussian();
  }

  @ParameterizedTest
  @ValueSource(strings = {"birnn", "birnn-many-to-many"})
  void networksLearnAtEverySoManyValuesFromTheGivenOneOn(String name) {
    SingleExpert single = single(name, DEFAULT.withEvery(5).withStart(101));
    int first = History.floats(single.shape);
    int weights = 200; // some of them, all of which move at each update
    float[] before = Arrays.copyOfRange(single.floats, first, first + weights);
    for (int t = 0; t < 140; t++) {
      single.next(value(t));
      float[] after = Arrays.copyOfRange(single.floats, first, first + weights);
      boolean learned = !Arrays.equals(before, after);
      assertThat(learned).as("at %d", t).isEqualTo(t >= 100 && t % 5 == 0);
      before = after;
    }
  }

  /** Adam counts its updates behind 4 numbers for each weight. */
  @Test
  void moreStepsAreSoManyMoreUpdates() {
    int values = 300;
    assertThat(updates(DEFAULT.withSteps(3), values))
        .isEqualTo(3 * updates(DEFAULT, values))
        .isGreaterThan(values);
  }

  private static float updates(NetworkTraining training, int values) {
    int weights = 1_067; // 2 * 16 * (10 + 16 + 2) + 3 * 33, and a path from 24 lags to 3 values
    SingleExpert single = single("birnn", training);
    for (int t = 0; t < values; t++) {
      single.next(value(t));
    }
    return single.floats[History.floats(single.shape) + 4 * weights];
  }

  @ParameterizedTest
  @ValueSource(strings = {"birnn", "birnn-many-to-many"})
  void networksLearnWithPlainStepsToo(String name) {
    learns(single(name, DEFAULT.withMethod(Method.SGD, NetworkTraining.OWN)), name);
  }

  @Test
  void aNetworkOfOneDirectionLearnsFromAllStepsAndFromAfterTheWindow() {
    learns(single("birnn", STEPS), "all steps");
    learns(single("birnn-many-to-many", STEPS), "many-to-many");
    learns(single("birnn", DEFAULT.withLossSteps(LossSteps.AFTER_WINDOW, false)), "one direction");
  }

  private static void learns(SingleExpert single, String what) {
    double error = 0;
    double naive = 0;
    double expected = 0;
    for (int t = 0; t < 3_000; t++) {
      if (t > 1_500) {
        error += Math.abs(value(t) - expected);
        naive += Math.abs(value(t) - value(t - 1));
      }
      expected = single.next(value(t))[0];
    }
    assertThat(error).as(what).isLessThan(0.5 * naive);
  }

  /** What a step is given depends on no later value, or training there would not be honest. */
  @Test
  void noStepKnowsOfALaterValue() {
    int window = 6;
    int lags = 5;
    int season = 4;
    SeriesDimensions shape = new SeriesDimensions(3, season, History.exact(3, season, 2600), 600);
    WindowInputs reader = new WindowInputs(window, lags);
    int path = WindowInputs.path(shape, lags);
    int origin = 90;
    float[][] rows = new float[2][window * WindowInputs.INPUTS];
    float[][] phis = new float[2][window * path];
    for (int step = 0; step < window; step++) {
      double[] scales = new double[2];
      for (int run = 0; run < 2; run++) {
        History history = NewHistory.of(shape);
        Random random = new Random(5);
        double deviation = 0;
        for (int t = 0; t <= origin; t++) {
          double value = 50 + random.nextGaussian();
          boolean later = t > origin - window + 1 + step;
          history.append(run == 1 && later ? value + 0.3 * random.nextDouble() : value);
          deviation = history.deviation();
        }
        scales[run] = reader.fillSteps(history, origin, rows[run], 0, phis[run], 0, false);
        assertThat(scales[run]).as("not by the slow deviation").isGreaterThan(0.1 * deviation);
      }
      int end = (step + 1) * WindowInputs.INPUTS;
      assertThat(scales[1]).isEqualTo(scales[0]);
      assertThat(Arrays.copyOf(rows[1], end)).isEqualTo(Arrays.copyOf(rows[0], end));
      assertThat(Arrays.copyOf(phis[1], (step + 1) * path))
          .isEqualTo(Arrays.copyOf(phis[0], (step + 1) * path));
      if (step < window - 1) {
        assertThat(rows[1]).isNotEqualTo(rows[0]);
      }
    }
  }

  @Test
  void targetsWithinTheWindowAreRefusedForABidirectionalNetwork() {
    assertThatThrownBy(() -> DEFAULT.withLossSteps(LossSteps.ALL_STEPS, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "loss-steps: expected after-window for a bidirectional network, got all-steps: at step j"
                + " its backward half has read the value of step j + 1, so it would learn to copy"
                + " it");
    assertThat(STEPS.lossSteps()).isEqualTo(LossSteps.ALL_STEPS);
  }

  @Test
  void whatIsOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> DEFAULT.withEvery(0)).hasMessage("every: expected 1 to 1000, got 0");
    assertThatThrownBy(() -> DEFAULT.withSteps(17)).hasMessage("steps: expected 1 to 16, got 17");
    assertThatThrownBy(() -> DEFAULT.withReplay(5_000))
        .hasMessage("replay: expected at most 4096, got 5000");
    assertThatThrownBy(() -> DEFAULT.withMethod(Method.ADAM, Double.NaN))
        .hasMessage("learning rate: expected at most 1, and above 0, got NaN");
  }

  @Test
  void onlySettingsOfTheLayoutMakeASeriesLearnAgain() {
    NetworkTraining other =
        DEFAULT
            .withEvery(3)
            .withStart(7)
            .withSteps(2)
            .withMethod(Method.ADAM, 0.1)
            .withTuning(Tuning.KEEP);
    assertThat(other.layout()).isEqualTo(DEFAULT.layout());
    for (NetworkTraining changed :
        List.of(
            DEFAULT.withReplay(100),
            DEFAULT.withMethod(Method.SGD, NetworkTraining.OWN),
            DEFAULT.withLossSteps(LossSteps.AFTER_WINDOW, false),
            STEPS)) {
      assertThat(changed.layout()).isNotEqualTo(DEFAULT.layout());
    }
  }

  @Test
  void plainStepsAndAShortReplayTakeLessMemory() {
    int adam = single("birnn", DEFAULT).floats.length;
    int sgd = single("birnn", DEFAULT.withMethod(Method.SGD, NetworkTraining.OWN)).floats.length;
    int shorter = single("birnn", DEFAULT.withReplay(100)).floats.length;
    assertThat(sgd).isLessThan(adam - 1_500);
    assertThat(shorter).isEqualTo(adam - 412);
  }

  @Test
  void whatIsReplayedIsKept() { // all experts have the newest 200 in any case
    NetworkTraining farther = DEFAULT.withReplay(300);
    assertThat(Experts.create("naive", 12, 8, 500, farther).replay()).isZero();
    assertThat(Experts.create("birnn", 12, 8, 500, farther).replay()).isEqualTo(300);
  }
}
