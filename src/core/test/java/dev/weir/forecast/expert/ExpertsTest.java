package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each method by hand. */
class ExpertsTest {

  private static double[] feed(SingleExpert single, double... values) {
    double[] out = null;
    for (double value : values) {
      out = single.next(value);
    }
    return out;
  }

  @Test
  void anExpertOfOnesOwnIsFoundByItsName() {
    assertThat(Experts.all()).startsWith("naive").endsWith("mean-of-two");
    Expert own = Experts.create("mean-of-two", 12, 8, 500);
    assertThat(feed(new SingleExpert(own, 3, 1), 5, 7, 10)).containsExactly(8.5, 8.5, 8.5);
    assertThatThrownBy(() -> Experts.create("mean-of-ten", 12, 8, 500))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("naive")
        .hasMessageContaining("mean-of-two]")
        .hasMessageContaining("got mean-of-ten");
  }

  @Test
  void theNaiveForecastRepeatsTheNewestValue() {
    assertThat(feed(new SingleExpert(new Naive(), 3, 1), 5, 7)).containsExactly(7, 7, 7);
  }

  @Test
  void theWeeklyNaiveForecastTakesTheSameHourOfLastWeekOnceThereIsOne() {
    SingleExpert single = new SingleExpert(new WeeklyNaive(), 3, 24); // a week of 168
    for (int t = 0; t < 167; t++) {
      single.next(t);
    }
    assertThat(single.next(167)).containsExactly(144, 145, 146); // a day ago: no week is complete
    assertThat(single.next(168)).containsExactly(1, 2, 3);
  }

  @Test
  void aWeekIsSevenSeasonsOnlyWhereASeasonIsADay() {
    SingleExpert single = new SingleExpert(new WeeklyNaive(), 3, 12);
    for (int t = 0; t < 168; t++) {
      single.next(t);
    }
    assertThat(single.next(168)).containsExactly(157, 158, 159);
  }

  @Test
  void aRunningMedianIsTheMiddleValue() {
    SingleExpert single = new SingleExpert(new RunningMedian(3), 1, 1);
    assertThat(single.next(5)).containsExactly(5);
    assertThat(single.next(1)).containsExactly(3); // the mean of two
    assertThat(single.next(9)).containsExactly(5);
    assertThat(single.next(8)).containsExactly(8); // of 1, 9, 8
  }

  @Test
  void aDayIsForecastAsItselfByLogRlsBeforeAWeekIsKnown() {
    SingleExpert single = new SingleExpert(new LogRls(), 24, 24);
    double[] out = null;
    for (int t = 0; t < 6 * 24; t++) {
      out = single.next(100 + t % 24);
    }
    for (int i = 0; i < 24; i++) {
      assertThat(out[i]).isEqualTo(100 + i, within(1e-6));
    }
  }

  @Test
  void aSeasonalProfileAveragesEachPhaseAndBringsThePresentDeviationAlong() {
    SingleExpert single = new SingleExpert(new SeasonalProfile(), 1, 2);
    feed(single, 10, 20, 14);
    double before = single.next(26)[0]; // profile after two seasons: phase 0: 12, phase 1: 23
    // deviations: 0, 0, 14-10 = 4, 26-20 = 6; rho from pairs (0,0), (0,4), (4,6), older ones
    // decayed
    double squares = 16;
    double products = 24;
    double rho = Math.min(1, products / squares);
    assertThat(rho).isEqualTo(1);
    // the newest deviation, 6, is kept whole; next phase is 0
    assertThat(before).isEqualTo(12 + 6, within(1e-5));
    double[] out = single.next(12); // deviation 12 - 12 = 0, so the forecast is the profile's 23
    assertThat(out[0]).isEqualTo(23, within(1e-5));
  }

  @Test
  void anAutoregressionFindsHowMomentumLasts() {
    SingleExpert single = new SingleExpert(new RlsAr(), 2, 1);
    Random random = new Random(3);
    double y = 0;
    double step = 0;
    double excess = 0;
    double naive = 0;
    for (int t = 0; t < 2000; t++) {
      double[] out = single.next(y);
      if (t > 500) { // the best forecasts are y + .7 step and y + (.7 + .49) step
        excess += Math.abs(out[0] - y - 0.7 * step) + Math.abs(out[1] - y - 1.19 * step);
        naive += (0.7 + 1.19) * Math.abs(step);
      }
      step = 0.7 * step + random.nextGaussian();
      y += step;
    }
    assertThat(excess).isLessThan(0.2 * naive);
  }

  private static Analogs near(int window, int neighbours, int reach) {
    return Analogs.near(window, neighbours, reach, new Distances(false));
  }

  @Test
  void analogsKnowAMotifThatComesAgain() {
    double[] motif = {1, 4, 2, 8, 5, 7, 3, 9, 6, 1.5, 2.5, 7.5, 4.5}; // 13 values, no season given
    SingleExpert single = new SingleExpert(near(4, 3, 500), 2, 1);
    for (int t = 0; t < 300; t++) {
      double[] out = single.next(motif[t % motif.length]);
      if (t > 100) {
        assertThat(out[0]).isEqualTo(motif[(t + 1) % motif.length], within(0.05));
        assertThat(out[1]).isEqualTo(motif[(t + 2) % motif.length], within(0.05));
      }
    }
  }

  @Test
  void analogsPreferWhatAPlainSearchPrefers() { // window 5: an odd number of lags is no trap
    int window = 5;
    Random random = new Random(5);
    SingleExpert single = new SingleExpert(near(window, 1, 400), 1, 6);
    double[] y = new double[300];
    for (int t = 0; t < y.length; t++) {
      y[t] = 20 + random.nextGaussian();
      single.next(y[t]);
    }
    float[] z = single.history.tail();
    int newest = single.history.tailSize() - 1;
    double variance = single.doubles[History.DOUBLES + 1];
    double least = Double.POSITIVE_INFINITY;
    int best = 0;
    for (int u = window - 1; u <= newest - 1; u++) {
      double d = 0.3 * Math.pow(z[newest] - z[u], 2) / variance;
      for (int j = 1; j < window; j++) {
        double apart = (z[newest - j] - z[newest]) - (z[u - j] - z[u]);
        d += 2 * apart * apart / (window * variance);
      }
      int phase = (newest - u) % 6;
      d += 0.005 * Math.pow(4.0 * Math.min(phase, 6 - phase), 2);
      if (d < least) {
        least = d;
        best = u;
      }
    }
    float kept = single.floats[History.floats(single.shape)]; // A_1 of the newest forecast
    assertThat(kept).isEqualTo(z[best + 1]);
  }

  @Test
  void aSearchThatIsSharedFindsWhatASearchOfItsOwnFinds() { // two series in turn, season 6
    List<Expert> both = Experts.create(List.of("analogs", "analogs-wide"), 7, 3, 400);
    SingleExpert[] near = {
      new SingleExpert(both.get(0), 2, 6), new SingleExpert(both.get(0), 2, 6)
    };
    ExpertState[] wide = new ExpertState[2];
    SingleExpert[] alone = new SingleExpert[2];
    for (int k = 0; k < 2; k++) {
      alone[k] = new SingleExpert(Experts.create("analogs-wide", 7, 3, 400), 2, 6);
      double[] doubles = new double[both.get(1).doubles(near[k].shape)];
      float[] floats = new float[both.get(1).floats(near[k].shape)];
      wide[k] =
          new ExpertState(
              new DoubleSlice().at(doubles, 0),
              new FloatSlice().at(floats, 0),
              new Bfloat16Slice());
    }
    Random random = new Random(9);
    double[] out = new double[2];
    for (int t = 0; t < 600; t++) {
      for (int k = 0; k < 2; k++) {
        double y = 20 + 3 * Math.sin(t + k) + random.nextGaussian();
        double[] expected = alone[k].next(y);
        near[k].next(y);
        both.get(1).observe(near[k].history, wide[k]);
        both.get(1).forecast(near[k].history, wide[k], out);
        assertThat(out).as("at %d", t).containsExactly(expected, within(1e-3));
      }
    }
  }

  @Test
  void analogsOfDeviationsKnowAJoltAlsoAtAnotherHour() { // a day of 24, a jolt each 35 values
    double[] jolt = {6, -5, 4, -3, 2};
    double[] hours = new Random(10).doubles(24, 80, 120).toArray();
    SingleExpert unusual =
        new SingleExpert(Experts.create("analogs-of-deviations", 8, 3, 1000), 1, 24);
    double error = 0;
    double size = 0;
    double expected = 0;
    for (int t = 0; t < 1_500; t++) {
      double day = hours[t % 24];
      double y = day + (t % 35 < 5 ? jolt[t % 35] : 0);
      if (t > 900 && t % 35 >= 2 && t % 35 < 5) { // two values of it are known
        error += Math.abs(y - expected);
        size += Math.abs(y - day);
      }
      expected = unusual.next(y)[0];
    }
    assertThat(error).isLessThan(0.5 * size);
  }
}
