package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.expert.History;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LearnerTest {

  private static final int HORIZON = 5;

  private static double[] wave(int n, long seed) {
    Random random = new Random(seed);
    double[] y = new double[n];
    for (int t = 0; t < n; t++) {
      y[t] = 100 + 20 * Math.sin(2 * Math.PI * t / 24) + 2 * random.nextGaussian();
    }
    return y;
  }

  private static double[] forecast(Learner learner, LearnerState memory) {
    double[] values = new double[learner.horizon()];
    double[][] lower = new double[2][learner.horizon()];
    double[][] upper = new double[2][learner.horizon()];
    learner.forecast(memory, values, lower, upper);
    double[] all = Arrays.copyOf(values, 3 * values.length);
    System.arraycopy(lower[1], 0, all, values.length, values.length);
    System.arraycopy(upper[1], 0, all, 2 * values.length, values.length);
    return all;
  }

  @Test
  void aMemoryOfOtherSettingsIsRefused() {
    Learner learner = new Learner(LearnerSettings.small(2));
    LearnerState memory = new Learner(LearnerSettings.small(3)).newSeries("a", 24);
    assertThat(learner.fits(memory)).isFalse();
    LearnerState own = learner.newSeries("a", 24);
    assertThat(learner.fits(own)).isTrue();
    long[] longs = own.longs();
    float[] floats = own.floats();
    short[] shorts = own.shorts();
    assertThat(learner.fits(new LearnerState(new long[1], own.doubles(), floats, shorts)))
        .isFalse();
    assertThat(learner.fits(new LearnerState(longs, own.doubles(), new float[3], shorts)))
        .isFalse();
    assertThat(learner.fits(new LearnerState(longs, own.doubles(), floats, new short[3])))
        .isFalse();
    own.longs()[LearnerState.SEASON] = Long.MAX_VALUE;
    assertThat(learner.fits(own)).isFalse();
    assertThatThrownBy(() -> learner.observe(memory, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same settings");
  }

  @Test
  void changedSettingsLetTheKeptValuesBeLearnedAgain() {
    Learner before = new Learner(LearnerSettings.small(2).withExperts(List.of("naive", "rls-ar")));
    Learner after = new Learner(LearnerSettings.small(3));
    double[] y = wave(1_000, 9);
    for (int season : new int[] {LearnerSettings.AUTO, 24}) {
      LearnerState old = before.newSeries("a", LearnerSettings.AUTO);
      LearnerState whole = after.newSeries("a", season);
      for (int t = 0; t < 900; t++) {
        before.observe(old, 7L * t, y[t]);
        after.observe(whole, 7L * t, y[t]);
      }
      LearnerState again = after.relearn(old, season);
      LearnerState restarted = after.newSeries("a", season);
      assertThat(after.fits(again, season)).isTrue();
      assertThat(again.count()).isEqualTo(900);
      assertThat(again.season()).isEqualTo(24);
      assertThat(again.time()).isEqualTo(7 * 899);
      double[] errors = new double[3];
      for (int t = 900; t < 999; t++) {
        int k = 0;
        for (LearnerState memory : List.of(whole, again, restarted)) {
          after.observe(memory, 7L * t, y[t]);
          errors[k++] += Math.abs(forecast(after, memory)[0] - y[t + 1]);
        }
      }
      assertThat(errors[1]).isLessThan(1.05 * errors[0]);
      assertThat(errors[2]).isGreaterThan(1.2 * errors[0]);
    }
    LearnerState garbage = before.newSeries("a", 24);
    Arrays.fill(garbage.longs(), Long.MAX_VALUE);
    assertThat(after.relearn(garbage, 24)).isNull();
    assertThat(after.relearn(before.newSeries("a", 24), 24)).as("no value yet").isNull();
  }

  @Test
  void aSpikeIsAnsweredWithItselfAndForgotten() {
    Learner learner = new Learner(LearnerSettings.small(1));
    LearnerState memory = learner.newSeries("spike", 24);
    double[] y = wave(700, 3);
    double before = 0;
    double after = 0;
    for (int t = 0; t < 700; t++) {
      learner.observe(memory, t, t == 400 ? 1e300 : y[t]);
      double forecast = forecast(learner, memory)[0];
      if (t == 400) {
        assertThat(forecast).isEqualTo(1e300);
      } else if (t < 699) {
        before += t >= 200 && t < 400 ? Math.abs(forecast - y[t + 1]) : 0;
        after += t >= 500 ? Math.abs(forecast - y[t + 1]) : 0;
      }
    }
    assertThat(after).isLessThan(1.3 * before);
  }

  @Test
  void smallStepsOnALargeOffsetSurvive() {
    Learner learner = new Learner(LearnerSettings.defaults(2));
    LearnerState ramp = learner.newSeries("ramp", 1);
    LearnerState wave = learner.newSeries("wave", 24);
    for (int t = 0; t < 1_000; t++) {
      learner.observe(ramp, t, 1.7e9 + t);
      learner.observe(wave, t, 1.7e9 + Math.sin(2 * Math.PI * t / 24));
    }
    assertThat(forecast(learner, ramp)[1]).isEqualTo(1.7e9 + 1001, within(0.05));
    double next = 1.7e9 + Math.sin(2 * Math.PI * 1001 / 24);
    assertThat(forecast(learner, wave)[1]).isEqualTo(next, within(0.05));
  }

  @Test
  @Tag("own-jvm")
  void onceWarmItAllocatesNothing() {
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON).withExperts(Experts.NAMES));
    learner.scoreDistributions(true);
    learner.bound(new Bounds(0, Double.POSITIVE_INFINITY, true));
    LearnerState one = learner.newSeries("a", 1);
    LearnerState two = learner.newSeries("b", 200);
    double[] next = new double[4];
    double[] y = wave(500, 5);
    double[] values = new double[HORIZON];
    double[][] lower = new double[2][HORIZON];
    double[][] upper = new double[2][HORIZON];
    Allocations.assertNoneOnceWarm(
        y.length,
        () -> {
          for (int t = 0; t < y.length; t++) {
            learner.observe(one, t, y[t]);
            learner.observe(two, t, y[t]);
            learner.forecast(one, values, lower, upper);
            learner.forecast(two, values, lower, upper);
            learner.next(two, next);
          }
        });
  }

  @Test
  void whatOneSeriesCostsInMemoryIsBounded() {
    assertThat(bytes(LearnerSettings.defaults(2), 24)).isLessThan(16_200);
    assertThat(bytes(LearnerSettings.defaults(24), 24)).isLessThan(39_200);
    assertThat(bytes(LearnerSettings.small(2), 24)).isLessThan(10_000);
    assertThat(bytes(LearnerSettings.defaults(2), 288)).isLessThan(28_500);
    assertThat(bytes(LearnerSettings.defaults(24), 288)).isLessThan(62_500);
    assertThatThrownBy(() -> bytes(LearnerSettings.defaults(2), Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("season");
  }

  private static int bytes(LearnerSettings settings, int season) {
    return new Learner(settings).newSeries("a", season).bytes();
  }

  @Test
  void anOwnExpertIsOneClassMore() {
    double[] y = wave(400, 7);
    Expert oracle =
        new Expert() {
          @Override
          public String name() {
            return "oracle";
          }

          @Override
          public void forecast(History history, ExpertState state, double[] out) {
            for (int i = 0; i < out.length; i++) {
              out[i] = y[(int) Math.min(y.length - 1, history.t() + 1 + i)];
            }
          }
        };
    Learner learner = new Learner(LearnerSettings.small(2), List.of(oracle));
    LearnerState memory = learner.newSeries("a", 24);
    for (int t = 0; t < 390; t++) {
      learner.observe(memory, t, y[t]);
    }
    assertThat(learner.share(memory, learner.experts() - 1, 2)).isGreaterThan(0.99);
    assertThat(forecast(learner, memory)[1]).isEqualTo(y[391], within(0.05));
  }

  @Test
  void atLeastOneExpertIsNeeded() {
    assertThatThrownBy(() -> LearnerSettings.small(3).withExperts(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("experts: expected at least one, got []");
  }

  @Test
  void theFirstForecastsAreTheFirstValues() {
    Learner learner = new Learner(LearnerSettings.defaults(2));
    LearnerState memory = learner.newSeries("a", 24);
    learner.observe(memory, 10, 8);
    assertThat(forecast(learner, memory)).containsOnly(8);
    assertThat(memory.count()).isEqualTo(1);
    assertThat(memory.time()).isEqualTo(10);
    assertThatThrownBy(() -> learner.observe(memory, 11, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
