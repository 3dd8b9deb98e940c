package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.expert.ForecastParts.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests what each expert says its forecast of the next value consists of. Seeds are fixed. */
class ExpertExplanationTest {

  private static final double LEVEL = 47;

  private static Explanation explain(SingleExpert single, double made) {
    ForecastParts parts = new ForecastParts(0).start(LEVEL, made);
    single.expert.explain(single.history, single.state(), parts);
    return parts.explanation(List.of());
  }

  private static double amount(Explanation explanation, String name) {
    return explanation.parts().stream()
        .filter(part -> part.name().equals(name))
        .mapToDouble(Part::amount)
        .sum();
  }

  static Stream<Arguments> experts() {
    return Experts.NAMES.stream()
        .flatMap(name -> Stream.of(1, 2, 7, 12).map(season -> Arguments.of(name, season)));
  }

  @ParameterizedTest
  @MethodSource("experts")
  void knownPartsLeaveNothingOver(String name, int season) {
    SingleExpert single = new SingleExpert(Experts.create(name, 12, 8, 500), 3, season);
    Random random = new Random(3);
    for (int t = 0; t < 300; t++) {
      double value = 50 + 10 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian();
      double made = single.next(value)[0];
      double[] before = single.doubles.clone();
      float[] floats = single.floats.clone();

      Explanation explanation = explain(single, made);

      // a forecast beyond the recent range is brought back to it; no other part knows of that
      assertThat(amount(explanation, Explanation.OTHER))
          .as("%s at %d: %s", name, t, explanation)
          .isCloseTo(0, within(1e-5));
      assertThat(single.doubles).isEqualTo(before);
      assertThat(single.floats).isEqualTo(floats);
    }
  }

  @Test
  void autoregressionIsSplitByItsCoefficients() {
    SingleExpert single = new SingleExpert(new RlsAr(), 1, 3);
    double[] y = new Random(4).doubles(40, 30, 60).toArray();
    for (double value : y) {
      single.next(value);
    }
    int theta = History.floats(single.shape);
    Arrays.fill(single.floats, theta, theta + 16, 0);
    single.floats[theta] = 0.5f; // of the value before the newest
    single.floats[theta + 5] = 0.125f; // of the constant
    single.floats[theta + 7] = 0.75f; // of the value a season before the next one
    double[] out = new double[1];
    single.expert.forecast(single.history, single.state(), out);
    double newest = y[39];
    double drift = 0.125 * single.history.deviation();
    double forecast = newest + 0.5 * (y[38] - newest) + 0.75 * (y[37] - newest) + drift;
    assertThat(out[0]).isEqualTo(forecast, within(1e-4));

    Explanation explanation = explain(single, out[0]);

    assertThat(amount(explanation, Explanation.SEASON))
        .isEqualTo(0.75 * (y[37] - LEVEL), within(1e-4));
    assertThat(amount(explanation, Explanation.RECENT))
        .isEqualTo(-0.25 * (newest - LEVEL) + 0.5 * (y[38] - LEVEL) + drift, within(1e-4));
  }

  /** A week beside a longer season; what is left of the deviation is recent, the rest is not. */
  @Test
  void profileOfTwoSeasonsIsSplitExactly() {
    SingleExpert single = new SingleExpert(new FourierProfile(60), 3, 7);
    Random random = new Random(6);
    for (int t = 0; t < 400; t++) {
      double usual = 50 + 8 * Math.sin(2 * Math.PI * t / 7) + 5 * Math.cos(2 * Math.PI * t / 60);
      double made = single.next(usual + random.nextGaussian())[0];
      float[] floats = single.floats.clone();
      double[] doubles = single.doubles.clone();

      Explanation explanation = explain(single, made);

      assertThat(single.doubles).isEqualTo(doubles);
      assertThat(single.floats).isEqualTo(floats);
      assertThat(amount(explanation, Explanation.OTHER)).as("%d", t).isCloseTo(0, within(1e-9));
      if (t < 29) {
        assertThat(amount(explanation, Explanation.SEASON)).as("%d", t).isZero();
      } else if (t > 200) {
        double next = 8 * Math.sin(2 * Math.PI * (t + 1) / 7);
        next += 50 + 5 * Math.cos(2 * Math.PI * (t + 1) / 60);
        assertThat(amount(explanation, Explanation.SEASON))
            .as("%d", t)
            .isCloseTo(next - LEVEL, within(2.0));
      }
    }
  }

  @Test
  void expertWithoutPartsOfItsOwnIsOther() {
    SingleExpert single = new SingleExpert(new MeanOfTwo().create(), 2, 1);
    single.next(40);
    Explanation explanation = explain(single, single.next(60)[0]);

    assertThat(explanation)
        .isEqualTo(
            new Explanation(
                50, List.of(new Part(Explanation.LEVEL, LEVEL), new Part(Explanation.OTHER, 3))));
  }

  @Test
  void partThatIsNotFiniteIsLeftOut() {
    ForecastParts parts = new ForecastParts(1).start(2, 5);
    parts.add(Kind.SEASON, Double.NaN);
    parts.addCovariate(0, 1);

    assertThat(parts.explanation(List.of("x")).parts())
        .containsExactly(
            new Part(Explanation.LEVEL, 2), new Part("x", 0), new Part(Explanation.OTHER, 3));
  }
}
