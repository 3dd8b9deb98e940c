package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.holiday.HolidayDays;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.stage.OutsideModels;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parts of forecasts of a learner. Seeds are fixed. */
class ForecastExplanationTest {

  private static final int HORIZON = 3;
  private static final double[] NONE = {};

  private final double[] forecast = new double[HORIZON];

  private Explanation explain(Learner learner, LearnerState state) {
    learner.forecast(state, forecast, null, null);
    Covariates.Count count = learner.settings().covariates();
    List<String> names = ExplanationSettings.NUMBERED.names(count.observed(), count.ahead());
    return learner.explain(state, forecast[0], names);
  }

  private Explanation explain(LearnerSettings settings, int season, double... values) {
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("a", season);
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, t, values[t]);
    }
    return explain(learner, state);
  }

  private static double amount(Explanation explanation, String name) {
    return explanation.parts().stream()
        .filter(part -> part.name().equals(name))
        .mapToDouble(Part::amount)
        .sum();
  }

  private static void checkSum(Explanation explanation, double value) {
    double sum = 0;
    for (Part part : explanation.parts()) {
      assertThat(part.amount()).as(part.name()).isFinite();
      sum += part.amount();
    }
    assertThat(explanation.value()).isEqualTo(value);
    double other = Math.abs(amount(explanation, Explanation.OTHER));
    assertThat(sum).isEqualTo(value, within(1e-9 * Math.abs(value) + 1e-15 * other));
    assertThat(explanation.parts().get(0).name()).isEqualTo(Explanation.LEVEL);
  }

  /** The weighted mean of experts, by weights that hardly follow their errors. */
  private static LearnerSettings mean(String... experts) {
    LearnerSettings small = LearnerSettings.small(HORIZON);
    return new LearnerSettings(
        HORIZON,
        List.of(experts),
        small.memory(),
        new LearnerSettings.Combination(false, Set.of("shift"), 0.3),
        small.levels(),
        small.covariates(),
        small.secondSeason(),
        small.holidays(),
        OutsideModels.NONE);
  }

  @Test
  void expertIsItsDistanceFromTheLevel() {
    Explanation explanation = explain(mean("naive"), LearnerSettings.NONE, 1, 2, 6);

    assertThat(explanation)
        .isEqualTo(
            new Explanation(
                6, List.of(new Part(Explanation.LEVEL, 3), new Part("expert:naive", 3))));
  }

  @Test
  void expertsCountByTheirShares() {
    Learner learner = new Learner(mean("naive", "weekly-naive"));
    LearnerState state = learner.newSeries("a", 4);
    double[] values = {8, 5, 1, 4, 9, 7, 2, 5, 8.5, 6};
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, t, values[t]);
      checkSum(explain(learner, state), forecast[0]);
    }
    Explanation explanation = explain(learner, state);

    double level = (1 + 4 + 9 + 7 + 2 + 5 + 8.5 + 6) / 8;
    double naive = learner.share(state, 0, 1);
    double seasonal = learner.share(state, 1, 1);
    assertThat(naive).isBetween(0.1, 0.9);
    assertThat(amount(explanation, Explanation.LEVEL)).isEqualTo(level, within(1e-6));
    assertThat(amount(explanation, "expert:naive")).isEqualTo(naive * (6 - level), within(1e-6));
    assertThat(amount(explanation, "expert:weekly-naive"))
        .isEqualTo(seasonal * (2 - level), within(1e-6));
  }

  @Test
  void stageIsWhatItMakesOfTheForecastBeforeIt() {
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    Learner stacks = new Learner(learner.settings().withoutNetwork());
    LearnerState state = learner.newSeries("a", 6);
    LearnerState other = stacks.newSeries("a", 6);
    Random random = new Random(13);
    for (int t = 0; t < 80; t++) {
      double value = 50 + 4 * Math.sin(2 * Math.PI * t / 6) + random.nextGaussian();
      learner.observe(state, t, value);
      stacks.observe(other, t, value);
      Explanation explanation = explain(learner, state);
      double combined = forecast[0];
      stacks.forecast(other, forecast, null, null);
      double mean = 0;
      for (int e = 0; e < stacks.experts(); e++) {
        mean += stacks.share(other, e, 1) * stacks.expertForecast(e, 1);
      }
      assertThat(amount(explanation, "network")).isCloseTo(combined - forecast[0], within(1e-5));
      assertThat(amount(explanation, "stack")).isCloseTo(forecast[0] - mean, within(1e-5));
      assertThat(amount(explanation, "other")).isCloseTo(0, within(1e-5));
    }
    assertThat(amount(explain(learner, state), "network")).isNotCloseTo(0, within(0.01));
    assertThat(amount(explain(learner, state), "stack")).isNotCloseTo(0, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({
    "1, default",
    "12, default",
    "12, small",
    "2, default",
    "24, default",
    "0, default",
    "12, alone"
  })
  void partsSumToTheForecast(int season, String size) {
    LearnerSettings settings =
        switch (size) {
          case "small" -> LearnerSettings.small(HORIZON);
          case "alone" -> LearnerSettings.alone(HORIZON);
          default -> LearnerSettings.defaults(HORIZON);
        };
    Learner learner = new Learner(settings);
    LearnerState state = learner.newSeries("a", season);
    Random random = new Random(7);
    double walk = 0;
    for (int t = 0; t < 450; t++) {
      walk += random.nextGaussian();
      double spike = random.nextInt(90) == 0 ? 400 * random.nextGaussian() : 0;
      learner.observe(state, t, 20 * Math.sin(2 * Math.PI * t / 12) + walk + spike);
      checkSum(explain(learner, state), forecast[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LearnerSettings.NONE, 6})
  void covariateThatDrivesTheSeriesHasItsContribution(int season) {
    int n = 700;
    double[] x = new Random(5).doubles(n + HORIZON, -1, 1).toArray();
    Random noise = new Random(6);
    Covariates.Count count = new Covariates.Count(1, 1);
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON).withCovariates(count));
    LearnerState state = learner.newSeries("a", season);
    for (int t = 0; t < n; t++) {
      double usual = season > 1 ? 50 + 5 * Math.sin(2 * Math.PI * t / season) : 50;
      learner.observe(
          state,
          t,
          usual + 8 * x[t] + 0.1 * noise.nextGaussian(),
          new double[] {t % 5},
          Arrays.copyOfRange(x, t + 1, t + 1 + HORIZON));
      Explanation explanation = explain(learner, state);
      checkSum(explanation, forecast[0]);
      if (t > 500) {
        assertThat(amount(explanation, "ahead[0]"))
            .as("%s", explanation)
            .isEqualTo(8 * x[t + 1], within(1.5));
        assertThat(amount(explanation, "features[0]")).isCloseTo(0, within(0.5));
      }
    }
  }

  /** A series of days whose every 23rd is like a Sunday; the last value is the day before one. */
  @Test
  void correctionOnAHolidayIsAPartOfItsOwn() {
    int n = 23 * 20;
    List<LocalDate> days = new ArrayList<>();
    for (int d = 23; d <= n; d += 23) {
      days.add(LocalDate.ofEpochDay(d));
    }
    HolidaySettings holidays = new HolidaySettings(ZoneOffset.UTC, new HolidayDays(days));
    LearnerSettings settings = LearnerSettings.small(HORIZON);
    Learner plain = new Learner(settings);
    Learner corrected = new Learner(settings.withHolidays(holidays));
    LearnerState one = plain.newSeries("a", 7);
    LearnerState other = corrected.newSeries("a", 7);
    Random random = new Random(12);
    for (int d = 1; d < n; d++) {
      double value = (d % 23 == 0 || d % 7 == 3 ? 40 : 100) + random.nextGaussian();
      plain.observe(one, d * 86_400_000L, value);
      corrected.observe(other, d * 86_400_000L, value);
      Explanation explanation = explain(corrected, other);
      checkSum(explanation, forecast[0]);
      double with = forecast[0];
      plain.forecast(one, forecast, null, null);
      assertThat(amount(explanation, Explanation.HOLIDAYS))
          .as("%d", d)
          .isEqualTo(with - forecast[0], within(1e-3));
    }
    assertThat(amount(explain(corrected, other), Explanation.HOLIDAYS)).isLessThan(-40);
  }

  @Test
  void outlierIsRepeatedAsTheNewestValue() {
    double[] values = new Random(9).doubles(100, 10, 20).toArray();
    values[99] = 5_000;

    Explanation explanation = explain(LearnerSettings.defaults(HORIZON), 1, values);

    assertThat(explanation.value()).isEqualTo(5_000);
    assertThat(explanation.parts()).extracting(Part::name).containsExactly("level", "other");
    checkSum(explanation, 5_000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-30, 1e12, -1e30, 1e300})
  void sumIsRightForExtremeNumbers(double scale) {
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    LearnerState state = learner.newSeries("a", LearnerSettings.AUTO);
    Random random = new Random(10);
    for (int t = 0; t < 150; t++) {
      learner.observe(state, t, t % 40 == 39 ? 7 : scale * (1 + random.nextDouble()));
      checkSum(explain(learner, state), forecast[0]);
    }
  }

  @Test
  void explanationChangesNoForecast() {
    Covariates.Count count = new Covariates.Count(1, 0);
    Learner plain = new Learner(LearnerSettings.defaults(HORIZON).withCovariates(count));
    Learner explained = new Learner(plain.settings());
    LearnerState one = plain.newSeries("a", 8);
    LearnerState other = explained.newSeries("a", 8);
    Random random = new Random(11);
    for (int t = 0; t < 300; t++) {
      double value = Math.sin(2 * Math.PI * t / 8) + random.nextGaussian();
      plain.observe(one, t, value, new double[] {t % 5}, NONE);
      explained.observe(other, t, value, new double[] {t % 5}, NONE);
      plain.forecast(one, forecast, null, null);
      explain(explained, other);
    }
    assertThat(other.doubles()).isEqualTo(one.doubles());
    assertThat(other.floats()).isEqualTo(one.floats());
    assertThat(other.shorts()).isEqualTo(one.shorts());
  }

  @Test
  void beforeTheFirstValueNothingIsExplained() {
    Learner learner = new Learner(LearnerSettings.defaults(HORIZON));

    assertThat(explain(learner, learner.newSeries("a", 1))).isNull();
  }

  @Test
  void covariatesHaveTheirNamesOrNumbers() {
    ExplanationSettings settings =
        new ExplanationSettings(
            List.of("price", "level", "expert:x", "price", ""), List.of("holiday"));

    assertThat(settings.names(6, 2))
        .hasToString(
            "[price, features[1], features[2], features[3], features[4], features[5], "
                + "holiday, ahead[1]]");
  }
}
