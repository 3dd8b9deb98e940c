package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Score;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class ForecasterTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int SEASON = 12;

  private static ForecasterBuilder small() {
    return Forecaster.builder().horizon(3).season(SEASON).size(Size.SMALL);
  }

  private static List<Observation> rhythm(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Observation(
                    START.plus(HOUR.multipliedBy(i)),
                    50 + 20 * Math.sin(2 * Math.PI * i / SEASON) + random.nextDouble()))
        .toList();
  }

  @Test
  void rhythmIsLearnedAndEachStepHasItsTimeAndIntervals() {
    Forecaster forecaster = small().build();
    Forecast next = null;
    for (Observation o : rhythm(300, 1)) {
      next = forecaster.observe(o);
    }
    assertThat(next.horizon()).isEqualTo(3);
    assertThat(Instant.ofEpochMilli(next.origin())).isEqualTo(START.plus(HOUR.multipliedBy(299)));
    assertThat(next.learningSteps()).isEqualTo(300);
    assertThat(next.status()).isEqualTo(Forecast.Status.OK);
    assertThat(next.model()).isEmpty();
    assertThat(next.modelVersion()).isEqualTo(-1);
    for (int step = 1; step <= 3; step++) {
      double truth = 50.5 + 20 * Math.sin(2 * Math.PI * (299 + step) / SEASON);
      assertThat(next.time(step)).isEqualTo(START.plus(HOUR.multipliedBy(299 + step)));
      assertThat(next.value(step)).isCloseTo(truth, within(1.5));
      assertThat(next.quantile(0.5, step)).isEqualTo(next.value(step));
      assertThat(next.quantile(0.1, step)).isEqualTo(next.lower(0.8, step));
      assertThat(next.quantile(0.975, step)).isEqualTo(next.upper(0.95, step));
      assertThat(next.lower(0.95, step)).isLessThan(next.lower(0.8, step));
    }
    Forecast last = next;
    assertThat(last.levels()).containsExactly(0.8, 0.95);
    assertThatThrownBy(() -> last.value(4)).hasMessage("step: expected 1 to 3, got 4");
    assertThatThrownBy(() -> last.quantile(0.7, 1))
        .hasMessage("probability: expected 0.5 or an end of an interval of [0.8, 0.95], got 0.7");
    assertThatThrownBy(() -> last.upper(0.7, 1))
        .hasMessage("level: expected one of [0.8, 0.95], got 0.7");
  }

  @Test
  void firstForecastIsTheFirstValueWithoutIntervals() {
    Forecast next = small().build().observe(new Observation(START, 7));
    assertThat(next.values()).containsExactly(7, 7, 7);
    assertThat(next.levels()).isEmpty();
    assertThat(next.time(1)).isNull();
    assertThat(next.status()).isEqualTo(Forecast.Status.WARMUP);
  }

  @Test
  void scoreIsOfTheForecastsThatMetTheirTruth() {
    Series series = small().build().series("a");
    assertThat(series.score()).isNull();
    Forecast before = series.observe(new Observation(START, 10));
    assertThat(before.value(1)).isEqualTo(10);
    assertThat(series.score()).isNull();
    series.observe(new Observation(START.plus(HOUR), 13));
    Score score = series.score();
    assertThat(score.scored()).isEqualTo(1);
    assertThat(score.errors()).containsExactly(3.0);
    assertThat(score.methods().get(0).mae()).as("naive").isEqualTo(3);
    assertThat(score.mae()).isEqualTo(3);
    assertThat(score.level()).isEqualTo(0.8);
    assertThat(score.methods()).extracting(Score.Method::name).contains("naive", "expert:rls-ar");
  }

  @Test
  void savedSeriesGoesOnBitForBit() {
    List<Observation> values = rhythm(200, 2);
    Series whole = small().build().series("pump");
    Series stopped = small().build().series("pump");
    byte[] saved = null;
    for (int i = 0; i < values.size(); i++) {
      if (i % 17 == 0) {
        saved = stopped.save();
        stopped = small().build().restore("pump", saved);
        assertThat(stopped.save()).isEqualTo(saved);
        assertThat(stopped.forecast()).isEqualTo(whole.forecast());
        assertThat(stopped.score()).isEqualTo(whole.score());
      }
      assertThat(stopped.observe(values.get(i))).isEqualTo(whole.observe(values.get(i)));
    }
    assertThat(stopped.save()).isEqualTo(whole.save());
    assertThat(stopped.bytes()).isCloseTo(saved.length, within(200));
  }

  @Test
  void stateOfOtherSettingsLearnsItsValuesAgain() {
    Series series = small().build().series("pump");
    rhythm(150, 4).forEach(series::observe);
    Forecaster other = Forecaster.builder().horizon(5).season(SEASON).size(Size.SMALL).build();
    Series restored = other.restore("pump", series.save());
    assertThat(restored.forecast()).isNull();
    Forecast next = restored.observe(rhythm(151, 4).get(150));
    assertThat(next.horizon()).isEqualTo(5);
    assertThat(next.learningSteps()).isEqualTo(151);
    assertThat(next.value(1))
        .isCloseTo(50.5 + 20 * Math.sin(2 * Math.PI * 151 / SEASON), within(3.0));
  }

  @Test
  void repeatedObservationReturnsTheSameForecastAgain() {
    Series series = small().build().series("a");
    List<Observation> values = rhythm(30, 5);
    Forecast newest = null;
    for (Observation o : values) {
      newest = series.observe(o);
    }
    byte[] state = series.save();
    assertThat(series.observe(values.get(29))).isEqualTo(newest);
    assertThat(series.observe(values.get(27))).isEqualTo(newest); // is still in the window
    assertThat(series.save()).isEqualTo(state);
  }

  @Test
  void lateObservationIsRefusedAndChangesNothing() {
    Series series = small().build().series("a");
    rhythm(30, 6).forEach(series::observe);
    byte[] state = series.save();
    Instant newest = START.plus(HOUR.multipliedBy(29));
    assertThatThrownBy(() -> series.observe(new Observation(START, 1)))
        .isInstanceOf(LateObservationException.class)
        .hasMessage(
            "a: time: expected after 2026-01-02T05:00:00Z, got 2026-01-01T00:00:00Z, late by"
                + " PT29H");
    assertThatThrownBy(() -> series.observe(new Observation(newest, -1)))
        .isInstanceOf(LateObservationException.class)
        .hasMessageContaining("got another value for that very time");
    assertThat(series.save()).isEqualTo(state);
  }

  @Test
  void threadsShareAForecasterWithoutDifference() throws Exception {
    Forecaster forecaster = small().build();
    List<List<Forecast>> alone = new ArrayList<>();
    for (int s = 0; s < 12; s++) {
      alone.add(run(small().build(), s));
    }
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Callable<List<Forecast>>> tasks = new ArrayList<>();
      for (int s = 0; s < 12; s++) {
        int series = s;
        tasks.add(() -> run(forecaster, series));
      }
      List<List<Forecast>> together = new ArrayList<>();
      for (Future<List<Forecast>> each : threads.invokeAll(tasks)) {
        together.add(each.get());
      }
      assertThat(together).isEqualTo(alone);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Forecast> run(Forecaster forecaster, int number) {
    Series series = forecaster.series("sensor-" + number);
    return rhythm(60, number).stream().map(series::observe).toList();
  }

  @Test
  void boundsHoldForForecastsAndIntervals() {
    Forecaster forecaster = small().min(0).max(9).integer().build();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      Forecast next =
          forecaster.observe(new Observation(START.plus(HOUR.multipliedBy(i)), random.nextInt(10)));
      for (int step = 1; step <= 3; step++) {
        assertThat(next.value(step)).isBetween(0.0, 9.0).isEqualTo(Math.rint(next.value(step)));
        for (double level : next.levels()) {
          assertThat(next.lower(level, step)).isBetween(0.0, next.value(step));
          assertThat(next.upper(level, step)).isBetween(next.value(step), 9.0);
        }
      }
    }
  }

  @Test
  void unusualValueOpensAnIncidentThatQuietValuesClose() {
    Series series =
        small().alarms(Alarms.DEFAULT.perThousand(2).incidents(1, 3)).build().series("pump");
    List<Incident> incidents = new ArrayList<>();
    List<Observation> values = new ArrayList<>(rhythm(1_000, 8));
    values.set(950, new Observation(values.get(950).time(), 500));
    for (Observation o : values) {
      series.observe(o);
      incidents.addAll(series.incidents());
    }
    List<Incident> ofSpike = incidents.stream().filter(i -> i.worst().value() == 500).toList();
    assertThat(ofSpike).extracting(Incident::event).contains(Incident.Event.OPENED);
    assertThat(Instant.ofEpochMilli(ofSpike.get(0).start()))
        .isEqualTo(START.plus(HOUR.multipliedBy(950)));
    assertThat(ofSpike.get(0).worst().surprise()).isGreaterThan(2);
    assertThat(ofSpike.get(ofSpike.size() - 1).event()).isEqualTo(Incident.Event.CLOSED);
    assertThat(ofSpike).extracting(Incident::id).containsOnly(ofSpike.get(0).id());
  }

  /** The value is twice what was known ahead of it: nothing else tells the next value. */
  @Test
  void covariateKnownAheadIsLearned() {
    Forecaster forecaster = small().features(1).featuresAhead(1).build();
    SplittableRandom random = new SplittableRandom(10);
    double[] known = random.doubles(404, 0, 50).toArray();
    double error = 0;
    for (int i = 0; i < 400; i++) {
      Observation o =
          new Observation(START.plus(HOUR.multipliedBy(i)), 2 * known[i])
              .features(0.5)
              .ahead(Arrays.copyOfRange(known, i + 1, i + 4));
      Forecast next = forecaster.observe(o);
      if (i >= 300) {
        error += Math.abs(next.value(1) - 2 * known[i + 1]) / 100;
      }
      assertThat(next.covariatesMissing()).isZero();
    }
    assertThat(error).isLessThan(5); // of the mean, 25
    assertThatThrownBy(() -> forecaster.observe(new Observation(START.plusSeconds(99), 1)))
        .hasMessage("features: expected 1, got 0");
    Observation two = new Observation(START.plusSeconds(99), 1).features(1);
    assertThat(two.ahead(1, 2)).isNotEqualTo(two);
    assertThatThrownBy(() -> small().build().observe(new Observation(START, 1).ahead(1, 2)))
        .hasMessage("features_ahead: expected 0 for each step, got 2 in all");
  }

  /** One model knows the next values, but for 3; the other says nothing right. */
  @Test
  void modelOutsideIsWeighedAndCorrected() {
    Forecaster forecaster = small().featuresAhead(1).outside("noise", "oracle").build();
    Series series = forecaster.series("a");
    SplittableRandom random = new SplittableRandom(11);
    double[] values = random.doubles(404, 0, 50).toArray();
    double error = 0;
    for (int i = 0; i < 400; i++) {
      double[] oracle = Arrays.stream(values, i + 1, i + 4).map(value -> value + 3).toArray();
      double[] noise = {random.nextDouble(0, 50), Double.NaN, Double.POSITIVE_INFINITY, 5, 5, 5};
      Observation o = new Observation(START.plus(HOUR.multipliedBy(i)), values[i]).ahead(1, 2);
      Forecast next = series.observe(o.outside(noise, oracle));
      if (i >= 300) {
        error += Math.abs(next.value(1) - values[i + 1]) / 100;
      }
    }
    assertThat(error).isLessThan(4); // of the mean, 12.5
    assertThat(series.score().methods())
        .filteredOn(method -> method.name().equals("outside:oracle"))
        .singleElement()
        .satisfies(
            method -> {
              assertThat(method.mae()).isCloseTo(3, within(0.01));
              assertThat(method.share()).isGreaterThan(0.5);
            });
    Observation last = new Observation(START.plus(HOUR.multipliedBy(400)), 1);
    assertThatThrownBy(() -> series.observe(last.outside(new double[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outside: expected 2 arrays, got 1");
    assertThatThrownBy(() -> small().build().observe(last.outside(new double[3])))
        .hasMessage("outside: expected 0 arrays, got 1");
    assertThat(last.outside(new double[] {1}))
        .isEqualTo(last.outside(new double[] {1}))
        .isNotEqualTo(last.outside(new double[] {2}));
    assertThat(series.observe(last).values()).doesNotContain(Double.NaN);
    Observation farAhead = new Observation(START.plus(HOUR.multipliedBy(401)), 1).ahead(1, 2, 3, 4);
    assertThat(series.observe(farAhead.outside(new double[3], new double[3])).values()).hasSize(3);
  }

  @Test
  void modelOfAFileForecastsAlone(@TempDir Path folder) throws IOException {
    ForecastModel window =
        ModelFiles.fromBytes(
            BuiltInModels.bytes("builtin:window-many-to-one"), ModelFiles.Defaults.NONE, "jar");
    Path file = folder.resolve("demand.safetensors");
    Files.write(file, ModelFiles.toBytes(window.withName("demand-net")));
    Forecaster forecaster = Forecaster.builder().model(file).learning(false).build();
    assertThat(forecaster.model()).isEqualTo("demand-net");
    assertThat(forecaster.modelVersion()).isEqualTo(window.version());
    Forecast next = null;
    for (Observation o : rhythm(30, 11)) {
      next = forecaster.observe(o);
    }
    assertThat(next.model()).isEqualTo("demand-net");
    assertThat(next.modelVersion()).isEqualTo(window.version());
    assertThat(next.values()).hasSize(2).doesNotContain(Double.NaN);
    assertThatThrownBy(() -> Forecaster.builder().model(folder))
        .isInstanceOf(IOException.class)
        .hasMessage("model: expected a regular file, got " + folder);
  }

  @Test
  void wrongExpertNameAndModelAreRefused() {
    assertThatThrownBy(() -> small().experts("oracle"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("experts: expected a list of experts, of naive")
        .hasMessageEndingWith("got 'oracle'");
    assertThatThrownBy(() -> small().model(new byte[] {1, 2}, "mine").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("model: ")
        .hasMessageEndingWith("(mine)");
    assertThatThrownBy(() -> small().build().series(""))
        .hasMessage("series: expected a name of 1 to 1000 characters, got 0");
  }

  @Test
  void observationKeepsWhatItWasMadeOf() {
    double[] observed = {1, 2};
    Observation one = new Observation(START, 3).features(observed).ahead(4);
    observed[0] = Double.NaN;
    one.features()[1] = Double.NaN;
    one.ahead()[0] = Double.POSITIVE_INFINITY;
    assertThat(one).isEqualTo(new Observation(START, 3).features(1, 2).ahead(4));
  }

  @Test
  void observationOfNoNumberIsRefused() {
    assertThatThrownBy(() -> new Observation(START, Double.NaN))
        .hasMessage("value: expected a finite number, got NaN");
    assertThatThrownBy(() -> new Observation(-1, 0))
        .hasMessage("time: expected 1970 to 9999, got 1969-12-31T23:59:59.999Z");
    assertThatThrownBy(() -> new Observation(Instant.MAX, 0))
        .hasMessage("time: expected 1970 to 9999, got +1000000000-12-31T23:59:59.999999999Z");
    assertThatThrownBy(() -> new Observation(253_402_300_800_000L, 0))
        .hasMessage("time: expected 1970 to 9999, got +10000-01-01T00:00:00Z");
    assertThatThrownBy(() -> new Observation(null, 0))
        .hasMessage("time: expected a value, got null");
    assertThatThrownBy(() -> new Observation(1, 0).features(0, Double.NaN))
        .hasMessage("features[1]: expected a finite number, got NaN");
    assertThatThrownBy(() -> new Observation(1, 0).ahead(Double.NEGATIVE_INFINITY))
        .hasMessage("ahead[0]: expected a finite number or NaN, got -Infinity");
  }

  /** As version 0.1.0 saved it; {@code -Dstate.write=core} writes it again. */
  private static final Path SAVED = Path.of("src/core/test/resources/state/series-1.bin");

  private static final int VALUES = 60;

  private static Forecaster forecaster() {
    return Forecaster.builder()
        .horizon(2)
        .season(6)
        .size(Size.SMALL)
        .experts("naive", "seasonal-profile")
        .build();
  }

  private static Observation value(int i) {
    return new Observation(60_000L * i, 10 + i % 6 + 0.25 * (i % 5));
  }

  private static Series series() {
    Series series = forecaster().series("saved");
    for (int i = 0; i < VALUES; i++) {
      series.observe(value(i));
    }
    return series;
  }

  @Test
  void savedSeriesOfARelease() throws IOException {
    Series restored = forecaster().restore("saved", Files.readAllBytes(SAVED));
    Series series = series();
    assertThat(restored.forecast()).isEqualTo(series.forecast());
    assertThat(restored.observe(value(VALUES))).isEqualTo(series.observe(value(VALUES)));
  }

  @Test
  @EnabledIfSystemProperty(named = "state.write", matches = "core")
  void write() throws IOException {
    Files.write(SAVED, series().save());
  }

  @Test
  void eachChangedByteIsFound() {
    byte[] saved = series().save();
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < saved.length; at += at < 200 ? 1 : 37) {
      byte[] damaged = saved.clone();
      damaged[at] ^= (byte) random.nextInt(1, 256);
      assertThatThrownBy(() -> forecaster().restore("saved", damaged))
          .as("byte %d", at)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("saved state: expected ");
    }
  }

  @Test
  void eachMissingEndIsFound() {
    byte[] saved = series().save();
    for (int length = 0; length < saved.length; length += length < 100 ? 1 : 61) {
      byte[] cut = Arrays.copyOf(saved, length);
      assertThatThrownBy(() -> forecaster().restore("saved", cut))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("saved state: expected ");
    }
    byte[] longer = Arrays.copyOf(saved, saved.length + 3);
    assertThatThrownBy(() -> forecaster().restore("saved", longer))
        .hasMessage("saved state: expected no bytes after the last part, got 3");
  }

  @Test
  void bytesOfSomethingElseAreRefused() {
    Classifier classifier = Classifier.builder().window(4).build();
    byte[] classes = classifier.series("a").save();
    assertThatThrownBy(() -> forecaster().restore("a", classes))
        .hasMessage("saved state: expected a series with forecasts, got one of kind 2");
    assertThatThrownBy(() -> classifier.restore("a", series().save()))
        .hasMessage("saved state: expected a series with classes, got one of kind 1");
    byte[] newer = series().save();
    newer[4] = 3;
    assertThatThrownBy(() -> forecaster().restore("a", newer))
        .hasMessage("saved state: expected layout 2, got 3: was it saved by a newer Weir?");
    assertThatThrownBy(() -> forecaster().restore("a", new byte[100]))
        .hasMessage("saved state: expected what save() returned, got 100 other bytes");
    assertThatThrownBy(() -> forecaster().restore("pump-8", series().save()))
        .hasMessage("saved state: expected series pump-8, got what was saved of saved");
    assertThatThrownBy(() -> classifier.restore("b", classes))
        .hasMessage("saved state: expected series b, got what was saved of a");
  }

  @Test
  void newSeriesIsSavedAsNothing() {
    byte[] saved = forecaster().series("new").save();
    assertThat(saved).hasSize(6 + (4 + 1 + 2 + 3 + 4) + 4 + 4);
    assertThat(forecaster().restore("new", null).forecast()).isNull();
    assertThat(forecaster().restore("new", saved).forecast()).isNull();
  }
}
