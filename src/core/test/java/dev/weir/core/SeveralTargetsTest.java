package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.core.ForecasterBuilder.Gap;
import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Incident;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.JointForecast.Target;
import dev.weir.forecast.JointForecast.Total;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeveralTargetsTest {

  private static final long HOUR = 3_600_000;
  private static final double MISSING = Double.NaN;

  private static ForecasterBuilder small() {
    return Forecaster.builder().horizon(3).season(12).size(Size.SMALL).targets("load", "wind");
  }

  private static Forecaster grid() {
    return small().total("net", "load", "-wind").total("soon", 3, "load").build();
  }

  /** Wind is missing at each seventh time; the load follows it an hour later. */
  private static List<Observation> grid(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Observation> all = new ArrayList<>();
    double wind = 10;
    for (int t = 0; t < count; t++) {
      double before = wind;
      wind = 10 + 0.8 * (wind - 10) + random.nextDouble(-1, 1);
      double load = 50 + 8 * Math.sin(2 * Math.PI * t / 12) - before + random.nextDouble();
      all.add(Observation.of(t * HOUR, load, t % 7 == 3 ? MISSING : wind));
    }
    return all;
  }

  @Test
  void forecastsAreThoseOfAJobWithTheSameSettings() throws Exception {
    Forecaster forecaster = grid();
    SeriesForecaster engine = SeriesForecaster.inOrder(forecaster.settings());
    ForecastState state = new ForecastState();
    Series series = forecaster.series("north");
    for (Observation o : grid(200, 1)) {
      double[] values = o.values();
      double[] others = {values[1]};
      var record = new dev.weir.forecast.Observation("north", o.time(), values[0], others);
      JointForecast next = series.observeAll(o);
      assertThat(engine.observe(state, record).outputs()).containsExactly(next);
      assertThat(series.forecastAll()).isEqualTo(next);
      boolean hasWind = !Double.isNaN(values[1]);
      assertThat(next.targets())
          .extracting(Target::name)
          .isEqualTo(hasWind ? List.of("load", "wind") : List.of("load"));
      assertThat(next.forecast("wind") != null).isEqualTo(hasWind);
      assertThat(next.total("net") != null).isEqualTo(hasWind);
    }
  }

  @Test
  void totalsAndRegionsAreFoundByName() {
    Forecaster forecaster = grid();
    JointForecast next = null;
    for (Observation o : grid(300, 2)) {
      next = forecaster.observeAll(o);
    }
    JointForecast newest = next;
    double net = newest.forecast("load").value(2) - newest.forecast("wind").value(2);
    assertThat(newest.total("net").value(2)).isCloseTo(net, within(1.0));
    assertThat(newest.total("net").mean()).hasSize(3);
    assertThat(newest.total("soon").value()).hasSize(1);
    assertThat(newest.total("soon").lower(0.8, 1)).isLessThan(newest.total("soon").value(1));
    assertThat(newest.total("soon").upper(0.8, 1)).isGreaterThan(newest.total("soon").mean(1));
    assertThat(newest.region("wind").level()).isEqualTo(0.8);
    assertThat(newest.region("wind").lower()[0])
        .isLessThan(newest.forecast("wind").lower(0.8, 1)); // both at once need more room
    assertThat(newest.forecast("price")).isNull();
    assertThat(newest.region("price")).isNull();
    assertThat(newest.total("price")).isNull();
    assertThatThrownBy(() -> newest.total("soon").value(2))
        .hasMessage("step: expected 1 to 1, got 2");
  }

  @Test
  void savedSeriesGoesOnBitForBit() {
    Series whole = grid().series("north");
    Series stopped = grid().series("north");
    List<Observation> all = grid(150, 3);
    for (int t = 0; t < all.size(); t++) {
      JointForecast expected = whole.observeAll(all.get(t));
      if (t % 11 == 0) {
        byte[] saved = stopped.save();
        stopped = grid().restore("north", saved);
        assertThat(stopped.save()).isEqualTo(saved);
        assertThat(stopped.bytes()).isCloseTo(saved.length, within(400));
      }
      assertThat(stopped.observeAll(all.get(t))).isEqualTo(expected);
      assertThat(stopped.forecastAll()).isEqualTo(expected);
    }
    assertThat(stopped.save()).isEqualTo(whole.save());
  }

  @Test
  void repeatedObservationIsNotLearnedTwice() {
    Series series = grid().series("north");
    List<Observation> all = grid(41, 4); // the newest has no wind: 38 % 7 == 3
    JointForecast next = null;
    for (Observation o : all.subList(0, 39)) {
      next = series.observeAll(o);
    }
    byte[] before = series.save();
    assertThat(series.observeAll(all.get(38))).isEqualTo(next);
    assertThat(series.save()).isEqualTo(before);
    assertThatThrownBy(() -> series.observeAll(Observation.of(38 * HOUR, 1, 2)))
        .isInstanceOf(LateObservationException.class);
    assertThatThrownBy(() -> series.observeAll(all.get(30)))
        .isInstanceOf(LateObservationException.class);
  }

  @Test
  void otherTargetsLearnTheSeriesAgain() {
    Series series = grid().series("north");
    List<Observation> all = grid(102, 8);
    all.subList(0, 100).forEach(series::observeAll);
    Series swapped = small().targets("wind", "load").build().restore("north", series.save());
    assertThat(swapped.forecastAll()).isNull();
    assertThat(swapped.observeAll(all.get(99))).isNull();
    double[] next = all.get(100).values();
    JointForecast made = swapped.observeAll(Observation.of(100 * HOUR, next[1], next[0]));
    assertThat(made.forecast("wind").learningSteps()).isLessThan(20);
    Series alone = small().targets("load", "wind", "x").build().restore("north", series.save());
    made = alone.observeAll(Observation.of(100 * HOUR, next[0], next[1], 1));
    assertThat(made.targets()).extracting(Target::name).containsExactly("load", "wind", "x");
  }

  @Test
  void scoreIsOfOneTarget() {
    Series series = grid().series("north");
    assertThat(series.score("wind")).isNull();
    grid(100, 5).forEach(series::observeAll);
    Score load = series.score("load");
    Score wind = series.score("wind");
    assertThat(load.series()).isEqualTo("north/load");
    assertThat(wind.series()).isEqualTo("north/wind");
    assertThat(wind.scored()).isLessThan(load.scored());
    assertThatThrownBy(() -> series.score("price"))
        .hasMessage("target: expected one of [load, wind], got price");
  }

  @Test
  void wrongMethodIsAnsweredWithTheRightOne() {
    Series several = grid().series("a");
    Observation both = Observation.of(0, 1, 2);
    for (Runnable call :
        List.<Runnable>of(() -> several.observe(both), () -> grid().observe(both))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("targets: expected one, got [load, wind]: use observeAll");
    }
    assertThatThrownBy(several::forecast).hasMessageEndingWith(": use forecastAll");
    assertThatThrownBy(several::score).hasMessageEndingWith(": use score(target)");
    Series one = Forecaster.builder().horizon(3).build().series("a");
    assertThatThrownBy(() -> one.observeAll(new Observation(0, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("targets: expected several, got one: use observe");
    assertThatThrownBy(one::forecastAll).hasMessageEndingWith(": use forecast");
    assertThatThrownBy(() -> one.score("a")).hasMessageEndingWith(": use score()");
    assertThatThrownBy(() -> one.observe(both)).hasMessage("values: expected 1, got 2");
    assertThatThrownBy(() -> several.observeAll(new Observation(0, 1)))
        .hasMessage("values: expected 2, got 1");
    assertThatThrownBy(() -> several.observeAll(both.with(3)))
        .hasMessage("features: expected 0, got 1");
    Classifier classifier = Classifier.builder().window(4).build();
    assertThatThrownBy(() -> classifier.series("a").observe(both))
        .hasMessage("values: expected 1, got 2");
  }

  @Test
  void observationHasFiniteValuesOrMissingOnes() {
    Observation some = Observation.of(Instant.EPOCH, MISSING, 2, MISSING).with(5).ahead(6, 7);
    assertThat(some.values()).containsExactly(MISSING, 2, MISSING);
    assertThat(some.others()).containsExactly(2, MISSING);
    assertThat(some.features()).containsExactly(5);
    assertThat(some)
        .isEqualTo(Observation.of(0, MISSING, 2, MISSING).with(5).ahead(6, 7))
        .isNotEqualTo(Observation.of(0, MISSING, 2, 3).with(5).ahead(6, 7))
        .hasToString("Observation[1970-01-01T00:00:00Z = [NaN, 2.0, NaN] [5.0] ahead [6.0, 7.0]]");
    assertThat(Observation.of(0, 1)).isEqualTo(new Observation(0, 1));
    assertThatThrownBy(() -> Observation.of(0))
        .hasMessage("values: expected one or more, got none");
    assertThatThrownBy(() -> Observation.of(0, MISSING))
        .hasMessage("value: expected a finite number, got NaN");
    for (double[] wrong :
        List.of(new double[] {MISSING, MISSING}, new double[] {1, Double.POSITIVE_INFINITY})) {
      assertThatThrownBy(() -> Observation.of(0, wrong))
          .hasMessageStartingWith(
              "values: expected finite numbers, and NaN for some that are missing, got [");
    }
  }

  @Test
  void covariatesComeBehindTheTargets() {
    Series series = small().features(1).featuresAhead(1).build().series("a");
    SplittableRandom random = new SplittableRandom(6);
    JointForecast next = null;
    for (int t = 0; t < 200; t++) {
      double plan = t % 2 == 0 ? 5 : -5;
      next =
          series.observeAll(
              Observation.of(t * HOUR, plan + random.nextDouble(), random.nextDouble())
                  .with(random.nextDouble())
                  .ahead(-plan, plan, -plan));
    }
    assertThat(next.forecast("load").value(1)).isCloseTo(5.5, within(0.6));
    assertThat(next.forecast("load").covariatesMissing()).isZero();
  }

  @Test
  void incidentsAndExplanationsAreOfOneTarget() {
    Alarms alarms = Alarms.DEFAULT.perThousand(20);
    Series series = small().alarms(alarms).explain().build().series("north");
    List<Observation> all = grid(300, 7);
    JointForecast next = null;
    for (Observation o : all) {
      next = series.observeAll(o);
    }
    assertThat(next.forecast("load").explanation().parts()).isNotEmpty();
    assertThat(series.forecastAll().forecast("load").explanation()).isNull();
    series.observeAll(Observation.of(300 * HOUR, 900, all.get(299).values()[1]));
    assertThat(series.incidents()).extracting(Incident::series).containsExactly("north/load");
  }

  /** The network forecasts b as twice the newest a. */
  @Test
  void networkForecastsItsTargets() {
    ForecastModel model =
        TestModel.of(new RnnConfig(Cell.RNN_TANH, 2, 1, 1, false, false), 4, 1)
            .targets("a", "b")
            .scaling(new Scaling(Scaling.Rule.FIXED, 0, 100))
            .weights(1, 0, 0)
            .head(new float[] {0, 2}, 0, 0)
            .build();
    ForecasterBuilder alone =
        Forecaster.builder().learning(false).model(ModelFiles.toBytes(model), "double");
    Series series = alone.targets("a", "b").build().series("s");
    for (int t = 0; t < 10; t++) {
      JointForecast next = series.observeAll(Observation.of(t * HOUR, 0.1 * t, 1));
      if (t >= 3) {
        assertThat(next.forecast("b").model()).isEqualTo("double");
        assertThat(next.forecast("b").value(1)).isCloseTo(0.2 * t, within(1e-3));
        assertThat(series.forecastAll()).isEqualTo(next);
      }
      assertThat(next.region("b")).isNull();
    }
    assertThatThrownBy(() -> alone.targets("b", "a").build())
        .hasMessage("model: targets: expected b,a, got a,b (model double version 1)");
  }

  @Test
  void jointEndsAreFiniteAndOfStepsWithoutKnownErrorsNoPoints() {
    Forecaster far = small().horizon(24).total("net", "load", "-wind").build();
    JointForecast next = null;
    for (Observation each : grid(12, 1)) {
      next = far.observeAll(each);
    }
    Interval region = next.region("load");
    Interval total = next.total("net").intervals().get(0);
    for (int i = 0; i < 24; i++) { // errors are known of 11 steps
      assertThat(region.upper()[i]).isGreaterThan(region.lower()[i]);
      assertThat(total.upper()[i]).isGreaterThan(total.lower()[i]);
    }

    Forecaster huge = small().total("all", "load", "wind").total("soon", 3, "load").build();
    SplittableRandom random = new SplittableRandom(1);
    for (int t = 0; t < 60; t++) {
      double load = t % 20 == 19 ? 1.7e308 : 1e200 * random.nextDouble(-1, 1);
      next = huge.observeAll(Observation.of(t * HOUR, load, 1.6e308 * random.nextDouble()));
      for (Total of : next.totals()) {
        assertThat(of.steps().value()).doesNotContain(Double.POSITIVE_INFINITY, Double.NaN);
        assertThat(of.steps().mean()).doesNotContain(Double.POSITIVE_INFINITY, Double.NaN);
        for (Interval each : of.steps().intervals()) {
          for (int i = 0; i < each.lower().length; i++) {
            assertThat(each.lower()[i]).isFinite().isLessThanOrEqualTo(each.upper()[i]);
            assertThat(each.upper()[i]).isFinite();
          }
        }
      }
    }
  }

  @Test
  void regionAndTotalsLieWithinTheBounds() {
    ForecasterBuilder counts = small().min(0).max(9).integer();
    Forecaster forecaster = counts.total("net", "load", "-wind").total("soon", 3, "load").build();
    SplittableRandom random = new SplittableRandom(2);
    for (int t = 0; t < 120; t++) {
      Observation each = Observation.of(t * HOUR, random.nextInt(10), random.nextInt(3));
      JointForecast next = forecaster.observeAll(each);
      if (t > 9) {
        assertIsWithin(next.region("load"), 0, 9);
        assertIsWithin(next.region("wind"), 0, 9);
        assertIsWithin(next.total("net").intervals().get(1), -9, 9);
        assertIsWithin(next.total("soon").intervals().get(1), 0, 27);
      }
    }
  }

  private static void assertIsWithin(Interval interval, double min, double max) {
    for (int i = 0; i < interval.lower().length; i++) {
      assertThat(interval.lower()[i]).isBetween(min, max).isEqualTo(Math.rint(interval.lower()[i]));
      assertThat(interval.upper()[i]).isBetween(min, max).isEqualTo(Math.rint(interval.upper()[i]));
    }
  }

  @Test
  void wrongTargetsAreRefusedWhenBuilt() {
    assertThatThrownBy(() -> small().targets("a", "a"))
        .hasMessage("targets: expected a list of 2 to 32 different names, got 'a, a'");
    assertThatThrownBy(() -> small().targets("a").build())
        .hasMessage("targets: expected 2 to 32 different names, got [a]");
    assertThatThrownBy(() -> small().total("net", "load", "-price").build())
        .hasMessage("totals: net: expected each of [load, wind] at most once, got [load, -price]");
    assertThatThrownBy(() -> small().total("day", 4, "load").build())
        .hasMessage("totals: day: expected at most 3 steps, got 4");
    assertThatThrownBy(() -> small().total("load", "load", "wind").build())
        .hasMessage("totals: load: expected a name of one target or total, got several");
    assertThatThrownBy(() -> Forecaster.builder().horizon(2).total("a", "b", "c").build())
        .hasMessage("totals: expected targets as well, got none");
    assertThatThrownBy(() -> small().outside("lear").build())
        .hasMessage("targets: expected none with outside models, got [load, wind]");
    assertThatThrownBy(() -> small().interval(Duration.ofHours(1)).gap(Gap.LINEAR).build())
        .hasMessage("targets: expected none where gaps are filled (gap), got [load, wind]");
    assertThatThrownBy(() -> small().targets("a", null))
        .hasMessage("targets: expected a value, got null");
  }
}
