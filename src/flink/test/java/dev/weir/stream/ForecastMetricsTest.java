package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Kernels;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.stream.covariate.CovariateJoinTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ForecastMetricsTest {

  private static final int SEQ_LEN = 3;
  private static final long MINUTE = 60_000;
  private static final Learning LEARNING = new Learning(LearnerSettings.small(2), 7, 5);
  private static final String ONE = "weir.mode.many-to-one.";
  private static final String MANY = "weir.mode.many-to-many.";

  @AutoClose private final Opened open = new Opened();

  /** Both modes, learning, gaps by the minute. */
  private static ForecastSettings everything() {
    Learning many = new Learning(LearnerSettings.small(SEQ_LEN), 7, 5);
    return settings(
        new ModeSettings(Mode.MANY_TO_ONE, "m", 2, null, LEARNING),
        new ModeSettings(Mode.MANY_TO_MANY, "w", SEQ_LEN, null, many));
  }

  private static ForecastSettings settings(ModeSettings... modes) {
    return TestSettings.of(SEQ_LEN, modes)
        .sampling(new Sampling(MINUTE, Gap.CARRY, 10))
        .limits(new StateLimits(Duration.ofDays(1), 100))
        .build();
  }

  private SeriesHarness harness(ForecastSettings settings, OperatorSubtaskState restored)
      throws Exception {
    return open.add(SeriesHarness.recorded(settings, restored));
  }

  private static void send(
      SeriesHarness harness, String series, long minute, double value, long recordTime)
      throws Exception {
    Observation observation = new Observation(series, minute * MINUTE, value);
    harness.send(new ObservationEvent(observation, source("observations", recordTime)));
  }

  private static SourceRecord source(String topic, long time) {
    return new SourceRecord(topic, 0, 1, time, null, new byte[] {1});
  }

  private static ForecastModel model(String name, long version, Mode mode, int horizon) {
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, 4, 1, false, false);
    int outputs = mode == Mode.MANY_TO_ONE ? horizon : 1;
    return TestModel.of(config, SEQ_LEN, horizon)
        .name(name)
        .version(version)
        .mode(mode)
        .head(new float[4 * outputs], new float[outputs])
        .build();
  }

  // ---- what is documented

  private static Map<String, String> documented() throws Exception {
    Map<String, String> kinds = new TreeMap<>();
    Matcher rows =
        Pattern.compile(
                "^\\| `([^`]+)` \\| (counter|gauge|histogram) \\| [^|]+ \\|", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("docs/metrics.md")));
    while (rows.find()) {
      kinds.put("weir." + rows.group(1).replaceAll("<\\w+>", "<>"), rows.group(2));
    }
    return kinds;
  }

  @Test
  void theDocumentedMetricsAreTheRegisteredOnes() throws Exception {
    Map<String, String> kinds = new TreeMap<>(harness(everything(), null).metrics.kinds());
    kinds.putAll(ClassifyFunctionTest.metrics(true).kinds());
    kinds.putAll(CovariateJoinTest.metrics().kinds());
    assertThat(kinds).as("tables of docs/metrics.md").isEqualTo(documented());
  }

  @Test
  void eachValueThatNamesACountIsDocumented() throws Exception {
    String docs = Files.readString(Path.of("docs/metrics.md"));
    Set<String> words = new TreeSet<>();
    for (String name : harness(everything(), null).metrics.names()) {
      Matcher values =
          Pattern.compile("(?:reason|status|kernel|mode|baseline|quantile)\\.([^.]+)\\.")
              .matcher(name);
      while (values.find()) {
        words.add(values.group(1));
      }
    }
    assertThat(words).contains("LATE", "FALLBACK", "vector", "many-to-many", "naive", "p90");
    assertThat(words).allSatisfy(word -> assertThat(docs).contains("`" + word + "`"));
  }

  @Test
  void rulesAndDashboardAskForDocumentedMetricsAndRulesPointIntoTheRunbook() throws Exception {
    String operator = "flink_taskmanager_job_task_operator_";
    Set<String> known = new TreeSet<>();
    for (String name : documented().keySet()) {
      known.add(operator + name.replace(".<>", "").replace('.', '_'));
    }
    String rules = Files.readString(Path.of("conf/prometheus/weir.rules.yml"));
    String dashboard = Files.readString(Path.of("conf/grafana/dashboards/weir.json"));
    for (String text : List.of(rules, dashboard)) {
      Set<String> asked = all(operator + "weir_\\w+", text);
      assertThat(asked).hasSizeGreaterThan(5).isSubsetOf(known);
    }
    String docs = Files.readString(Path.of("docs/metrics.md"));
    String pom = Files.readString(Path.of("pom.xml"));
    String url = all("(?<=<repository.url>)[^<]+", pom).iterator().next() + "/blob/main/";
    Set<String> alerts = all("(?<=- alert: )\\w+", rules);
    assertThat(alerts).hasSizeGreaterThan(5);
    for (String alert : alerts) {
      assertThat(docs).contains("\n### " + alert + "\n");
      assertThat(rules).contains("runbook: " + url + "docs/metrics.md#" + alert.toLowerCase());
    }
    assertThat(all("(?<=\n### )Weir\\w+", docs)).isEqualTo(alerts);
  }

  private static Set<String> all(String regex, String text) {
    Set<String> found = new TreeSet<>();
    Pattern.compile(regex).matcher(text).results().map(MatchResult::group).forEach(found::add);
    return found;
  }

  // ---- what they say

  @Test
  void incidentsAreCountedWhileTheyAreOpen() throws Exception {
    Learning judged = new Learning(LearnerSettings.small(2), 7, 5, IncidentSettings.defaults());
    ForecastSettings settings = settings(TestSettings.learned(2, judged));
    SeriesHarness operator = harness(settings, null);
    SplittableRandom random = new SplittableRandom(6);
    for (int t = 0; t < 500; t++) {
      send(operator, "a", t, random.nextDouble(), 1);
    }
    long before = operator.count("incidents");
    send(operator, "a", 500, 40, 1);
    assertThat(operator.count("incidents")).isEqualTo(before + 1);
    assertThat(operator.metrics.gauge("weir.openIncidents")).isEqualTo(1);
    OperatorSubtaskState state = operator.checkpoint();
    for (int t = 501; t < 530; t++) {
      send(operator, "a", t, random.nextDouble(), 1);
    }
    assertThat(operator.metrics.gauge("weir.openIncidents")).isEqualTo(0);
    assertThat(operator.count("incidents")).isEqualTo(before + 1);
    SeriesHarness restored = harness(settings, state);
    send(restored, "a", 501, 0.5, 1);
    assertThat(restored.metrics.gauge("weir.openIncidents")).isEqualTo(1);
    assertThat(restored.count("incidents")).isZero();
  }

  @Test
  void bothModesCountWhatTheyLearnForecastAndHold() throws Exception {
    SeriesHarness operator = harness(everything(), null);
    for (int t = 0; t < 40; t++) {
      send(operator, "a", t, Math.sin(t), 1);
      send(operator, "b", t, 1e9 * Math.cos(2 * t), 1);
    }
    assertThat(operator.count("observations")).isEqualTo(80);
    assertThat(operator.metrics.gauge("weir.series")).isEqualTo(2L);
    assertThat(operator.count("status.WARMUP.forecasts")).isEqualTo(2 * 2 * (SEQ_LEN - 1));
    assertThat(operator.count("status.OK.forecasts")).isEqualTo(2 * 2 * (40 - SEQ_LEN + 1));
    assertThat(operator.count("scores")).isEqualTo(2 * 2 * (40 / 5));
    for (String mode : List.of(ONE, MANY)) {
      int horizon = mode.equals(ONE) ? 2 : SEQ_LEN;
      // step i of the first i values has no forecast
      long truths = 2L * (40 * horizon - horizon * (horizon + 1) / 2);
      assertThat(operator.metrics.count(mode + "learningSteps")).isEqualTo(80);
      assertThat(operator.metrics.count(mode + "interval.1.truths")).isEqualTo(truths);
      assertThat(operator.metrics.count(mode + "interval.2.truths")).isEqualTo(truths);
      assertThat(operator.metrics.count(mode + "interval.1.held"))
          .isBetween(truths / 2, operator.metrics.count(mode + "interval.2.held"));
      assertThat(operator.metrics.gauge(mode + "interval.1.level")).isEqualTo(0.8);
      assertThat(operator.metrics.gauge(mode + "interval.2.level")).isEqualTo(0.95);
      assertThat(operator.metrics.gauge(mode + "comparedSeries")).isEqualTo(2);
      double median = relativeError(operator, mode, "naive", "p50");
      assertThat(median)
          .isBetween(
              relativeError(operator, mode, "naive", "p10"),
              relativeError(operator, mode, "naive", "p90"));
      assertThat(median).isStrictlyBetween(0.05, 0.9); // waves: the last value is a bad guess
      double crps =
          (double) operator.metrics.gauge(mode + "baseline.naive.quantile.p50.relativeCrps");
      assertThat(crps).isStrictlyBetween(0.01, 0.9); // smaller than our error, as it has intervals
      assertThat(operator.metrics.histogram(mode + "forecastNanos").getCount()).isPositive();
    }
    assertThat((double) operator.metrics.gauge("weir.stateBytesPerSeries"))
        .isBetween(1_000.0, 100_000.0);
    assertThat(operator.metrics.names())
        .noneMatch(name -> name.contains(".a.") || name.contains(".b."));
  }

  private static double relativeError(
      SeriesHarness operator, String mode, String baseline, String quantile) {
    return (double)
        operator.metrics.gauge(
            "%sbaseline.%s.quantile.%s.relativeError".formatted(mode, baseline, quantile));
  }

  @Test
  void whatIsLateIsNoLearningStep() throws Exception {
    SeriesHarness operator = harness(everything(), null);
    for (int t = 0; t < 20; t++) {
      send(operator, "a", t, Math.sin(t), 1);
    }
    send(operator, "a", 3, 7, 1);
    assertThat(operator.metrics.count(ONE + "learningSteps")).isEqualTo(20);
  }

  @Test
  void withoutScoresThereIsNoRelativeCrps() throws Exception {
    Learning off = new Learning(LearnerSettings.small(2), 7, 0);
    SeriesHarness operator = harness(settings(TestSettings.learned(2, off)), null);
    assertThat(operator.metrics.names())
        .anyMatch(name -> name.endsWith("relativeError"))
        .noneMatch(name -> name.endsWith("relativeCrps"));
  }

  private static void assertAge(SeriesHarness operator, long published) {
    long before = System.currentTimeMillis();
    double age = (double) operator.metrics.gauge(ONE + "modelAgeSeconds");
    long after = System.currentTimeMillis();
    assertThat(1_000 * age).isBetween(before - published - 1.0, after - published + 1.0);
  }

  @Test
  void aSwapShowsInVersionAndAgeAndLeavesTheRestAlone() throws Exception {
    SeriesHarness operator = harness(everything(), null);
    assertThat(operator.metrics.gauge(ONE + "modelVersion")).isEqualTo(-1L);
    assertThat(operator.metrics.gauge(ONE + "modelAgeSeconds")).isEqualTo(Double.NaN);
    send(operator, "a", 1, 1, 1);
    long published = System.currentTimeMillis() - 90_000;
    operator.publish(model("m", 3, Mode.MANY_TO_ONE, 2), source("models", published));
    send(operator, "a", 2, 2, 1);
    assertThat(operator.metrics.gauge(ONE + "modelVersion")).isEqualTo(3L);
    assertAge(operator, published);
    assertThat(operator.metrics.gauge(MANY + "modelVersion")).isEqualTo(-1L);

    operator.publish(
        model("w", 8, Mode.MANY_TO_MANY, SEQ_LEN), source("models", System.currentTimeMillis()));
    long republished = System.currentTimeMillis() - 10_000;
    operator.publish(model("m", 2, Mode.MANY_TO_ONE, 2), source("models", republished));
    operator.publish(
        model("m", 4, Mode.MANY_TO_ONE, 5),
        source("models", System.currentTimeMillis())); // horizon 5
    send(operator, "a", 3, 3, 1);
    assertThat(operator.metrics.gauge(ONE + "modelVersion")).isEqualTo(2L);
    assertAge(operator, republished);
    assertThat(operator.metrics.gauge(MANY + "modelVersion")).isEqualTo(8L);
    assertThat(operator.count("rejectedModels")).isEqualTo(1);
    assertThat(operator.count("reason.MODEL.deadLetters")).isEqualTo(1);
    assertThat(operator.metrics.count(ONE + "learningSteps")).isEqualTo(3);
    assertThat(operator.count("observations")).isEqualTo(3);
  }

  @Test
  void restoredJobCountsFromZeroAndReportsItsState() throws Exception {
    SeriesHarness before = harness(everything(), null);
    long published = System.currentTimeMillis() - 90_000;
    before.publish(model("m", 3, Mode.MANY_TO_ONE, 2), source("models", published));
    for (int t = 0; t < 30; t++) {
      send(before, "a", t, Math.sin(t), 1);
    }
    SeriesHarness after = harness(everything(), before.checkpoint());
    assertThat(after.metrics.gauge(ONE + "modelVersion")).isEqualTo(3L);
    assertAge(after, published);
    assertThat(after.metrics.gauge(MANY + "modelVersion")).isEqualTo(-1L);
    assertThat(after.count("observations")).isZero();
    assertThat(after.metrics.gauge(ONE + "comparedSeries")).isEqualTo(0);
    assertThat(relativeError(after, ONE, "naive", "p50")).isNaN();
    for (int t = 30; t < 40; t++) {
      send(after, "a", t, Math.sin(t), 1);
    }
    // the forecasts that waited in the state are scored as well
    assertThat(after.metrics.count(ONE + "interval.1.truths")).isEqualTo(20);
    assertThat(relativeError(after, ONE, "naive", "p50")).isStrictlyBetween(0.0, 1.0);
  }

  @Test
  void latencyStartsAtTheObservationsTimeAndAtTheRecords() throws Exception {
    SeriesHarness operator = harness(settings(TestSettings.learned(2, LEARNING)), null);
    long hourAgo = System.currentTimeMillis() / MINUTE - 60;
    send(operator, "a", hourAgo, 1, System.currentTimeMillis() - 5_000);
    assertThat(median(operator, "eventLatencyMillis")).isBetween(3_600e3, 3_700e3);
    assertThat(median(operator, "recordLatencyMillis")).isBetween(5e3, 50e3);
    send(operator, "b", hourAgo, 1, -1); // a record without a timestamp
    assertThat(operator.metrics.histogram("weir.eventLatencyMillis").getCount()).isEqualTo(2);
    assertThat(operator.metrics.histogram("weir.recordLatencyMillis").getCount()).isEqualTo(1);
  }

  private static double median(SeriesHarness operator, String name) {
    return operator.metrics.histogram("weir." + name).getStatistics().getQuantile(0.5);
  }

  @Test
  void manyForecastsAreSampledAndFewAreMeasuredEach() {
    RecordedMetrics recorded = new RecordedMetrics();
    ForecastMetrics metrics = new ForecastMetrics(recorded, List.of());
    int sampled = 0;
    for (int n = 0; n < 100_000; n++) {
      if (metrics.isSampled()) {
        metrics.sampled(0, 0, 100);
        sampled++;
      }
    }
    assertThat(sampled).isBetween(100_000 / 63, 100_000 / 63 + 100);
    assertThat(recorded.histogram("eventLatencyMillis").getCount()).isEqualTo(sampled);
    assertThat(recorded.gauge("stateBytesPerSeries")).isEqualTo(100.0);
  }

  @Test
  void withoutLearningNothingIsSaidOfErrors() throws Exception {
    SeriesHarness operator =
        harness(settings(new ModeSettings(Mode.MANY_TO_ONE, "m", 2, null, null)), null);
    operator.publish(model("m", 3, Mode.MANY_TO_ONE, 2), source("models", 1));
    for (int t = 0; t < 9; t++) {
      send(operator, "a", t, t, 1);
    }
    assertThat(operator.metrics.names())
        .contains(ONE + "modelVersion", ONE + "forecastNanos")
        .noneMatch(name -> name.matches(".*(learningSteps|relativeError|held)"));
    assertThat(operator.count("status.OK.forecasts")).isEqualTo(9 - SEQ_LEN + 1);
  }

  @Test
  void networksAreCountedByTheirKernelOnceAModelIsThere() throws Exception {
    SeriesHarness operator =
        harness(settings(new ModeSettings(Mode.MANY_TO_ONE, "m", 1, null, null)), null);
    Map<String, Object> networks = new TreeMap<>(Map.of("plain", 0L, "vector", 0L));
    assertThat(networks(operator)).isEqualTo(networks);
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, 9, 1, false, false);
    operator.publish(
        TestModel.of(config, 3, 1).head(new float[9], new float[1]).build(), source("models", 1));
    networks.put(new Rnn(config).kernel(), 1L); // plain where C2 is off
    assertThat(networks(operator)).isEqualTo(networks);
  }

  private static Map<String, Object> networks(SeriesHarness operator) {
    Map<String, Object> networks = new TreeMap<>();
    for (String kernel : Kernels.KERNELS) {
      networks.put(kernel, operator.metrics.gauge("weir.kernel." + kernel + ".networks"));
    }
    return networks;
  }
}
