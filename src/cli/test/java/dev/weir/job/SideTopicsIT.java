package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Covariates and outside forecasts from topics of their own, compared with the same ones in the
 * observations.
 */
class SideTopicsIT {

  private static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final int HORIZON = 2;
  private static final int FEATURES = 2;
  private static final List<String> SERIES = List.of("a/1", "a/2", "b/1", "b/2", "b/3");

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  /** What has been sent so far, by group and hour. */
  private final Map<String, Map<Integer, double[]>> sent = new HashMap<>();

  private final List<Observation> observed = new ArrayList<>(); // with what was known
  private long covariateRecords;

  private static JobSettings settings(String name, String outOfOrderness) throws Exception {
    kafka.create(name + ".observations", 3, Map.of());
    return KafkaFixture.job(
        kafka.learned(name),
        "window.out-of-orderness=" + outOfOrderness,
        "topics.covariates=%s.weather".formatted(name),
        "covariates.key=([^/]+)/.*",
        "window.interval=PT1H",
        "window.features-ahead=2",
        "forecast.many-to-one.horizon=" + HORIZON,
        "learning.size=small",
        "season=24");
  }

  private static double temperature(int hour) {
    return 10 + 8 * Math.sin(hour * Math.PI / 31);
  }

  private void sendCovariates(JobSettings settings, String group, int from, int to, double error)
      throws Exception {
    SplittableRandom random = new SplittableRandom(group.hashCode() + from);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int hour = from; hour < to; hour++) {
      double[] row = {temperature(hour) + error * random.nextDouble(), random.nextDouble()};
      if (hour % 7 == 3) {
        row[1] = Double.NaN;
      }
      sent.computeIfAbsent(group, g -> new TreeMap<>()).put(hour, row);
      records.add(
          new ProducerRecord<>(
              settings.kafka().topics().covariates().name(),
              group.getBytes(StandardCharsets.UTF_8),
              AvroBytes.of(
                  new Covariates(
                      group,
                      Instant.ofEpochMilli(START + hour * HOUR),
                      DoubleStream.of(row).boxed().toList()))));
    }
    covariateRecords += records.size();
    kafka.send(records);
  }

  private double[] known(String series, int hour) {
    Map<Integer, double[]> rows = sent.getOrDefault(series.substring(0, 1), Map.of());
    double[] ahead = new double[HORIZON * FEATURES];
    Arrays.fill(ahead, Double.NaN);
    int length = 0;
    for (int k = 1; k <= HORIZON; k++) {
      double[] row = rows.get(hour + k);
      if (row != null) {
        System.arraycopy(row, 0, ahead, (k - 1) * FEATURES, FEATURES);
        length = k * FEATURES;
      }
    }
    return Arrays.copyOf(ahead, length);
  }

  private void sendObservations(JobSettings settings, int from, int to) throws Exception {
    List<Observation> bare = new ArrayList<>();
    for (int hour = from; hour < to; hour++) {
      for (String series : SERIES) {
        double value =
            50
                + 3 * temperature(hour)
                + new SplittableRandom(31L * hour + series.hashCode()).nextDouble();
        long time = START + hour * HOUR;
        bare.add(new Observation(series, time, value));
        observed.add(new Observation(series, time, value).withAhead(known(series, hour)));
      }
    }
    kafka.sendObservations(settings, bare);
  }

  /** Waits until a checkpoint contains all covariates that have been sent. */
  private void awaitCovariates(RunningJob job, JobSettings settings) {
    kafka.awaitRead(job, settings.kafka().group() + "-covariates", covariateRecords);
  }

  /** State is lost with the first job, but its committed offsets are not. */
  @Test
  @Tag("slow")
  void startWithoutSavepointReadsAllCovariates() throws Exception {
    JobSettings settings = settings("lost", "PT0S");
    try (RunningJob job = flink.submit(settings, 2)) {
      sendCovariates(settings, "a", 1, 40, 5);
      sendCovariates(settings, "b", 1, 40, 5);
      awaitCovariates(job, settings);
    }
    try (RunningJob job = flink.submit(settings, 2)) {
      sendCovariates(settings, "a", 40, 41, 5); // in the same partitions, after all others
      sendCovariates(settings, "b", 40, 41, 5);
      awaitCovariates(job, settings);
      sendObservations(settings, 0, 30);
      kafka.awaitForecasts(job, settings, observed.size());
      job.assertRunning();
    }
    assertThat(kafka.bySeries(settings))
        .isEqualTo(OneSeries.bySeries(settings.forecast(), observed));
  }

  /** No covariate ever comes: an idle source of them must not hold back event time. */
  @Test
  void emptyTopicHoldsNothingBack() throws Exception {
    JobSettings settings = settings("calm", "PT1H");
    try (RunningJob job = flink.submit(settings, 2)) {
      sendObservations(settings, 0, 30);
      kafka.awaitForecasts(job, settings, SERIES.size() * 28); // the newest two hours wait
      job.assertRunning();
    }
  }

  private static final List<String> MODELS = List.of("lear", "dnn");
  private static final List<String> OF_MODELS = List.of("a", "b", "c", "d");

  @TempDir private static Path dir;

  /**
   * A job whose observations bring what the models say.
   *
   * @param more overrides
   */
  private static JobSettings outside(String... more) throws Exception {
    Map<String, String> overrides = kafka.learned("outside");
    overrides.put("outside", String.join(",", MODELS));
    overrides.put("window.interval", "PT1H");
    overrides.put("forecast.many-to-one.horizon", Integer.toString(HORIZON));
    overrides.put("learning.size", "small");
    overrides.put("season", "24");
    return KafkaFixture.job(overrides, more);
  }

  private static double value(String series, int hour) {
    return 50
        + 8 * Math.sin(hour * Math.PI / 12)
        + new Random(31L * hour + series.hashCode()).nextDouble();
  }

  private static Observation observation(String series, int hour, double... ahead) {
    return new Observation(series, START + hour * HOUR, value(series, hour)).withAhead(ahead);
  }

  /** Hours of one forecast; the next begins when it ends. */
  private static int steps(String model) {
    return model.equals("lear") ? 12 : 6;
  }

  /** NaN for times without a forecast. */
  private static double said(String series, String model, int hour) {
    Random random = new Random(hour + 7L * model.hashCode());
    return random.nextInt(9) == 0 ? Double.NaN : value(series, hour) + random.nextGaussian();
  }

  /** Made half an hour before the first of its hours. */
  private static OutsideForecast forecast(String series, String model, int first) {
    List<Double> values = new ArrayList<>();
    for (int k = 0; k < steps(model); k++) {
      values.add(said(series, model, first + k));
    }
    return OutsideForecast.newBuilder()
        .setSeries(series)
        .setModel(model)
        .setMade(Instant.ofEpochMilli(START + first * HOUR - HOUR / 2))
        .setOrigin(Instant.ofEpochMilli(START + (first - 1) * HOUR))
        .setValues(values)
        .build();
  }

  /** What both models had said of the steps after an hour. */
  private static double[] knownOfModels(String series, int hour) {
    double[] known = new double[HORIZON * MODELS.size()];
    Arrays.fill(known, Double.NaN);
    int last = 0;
    for (int i = 0; i < known.length; i++) {
      String model = MODELS.get(i % MODELS.size());
      int of = hour + 1 + i / MODELS.size();
      boolean isMade = of / steps(model) * steps(model) <= hour;
      known[i] = isMade ? said(series, model, of) : Double.NaN;
      last = Double.isNaN(known[i]) ? last : i / MODELS.size() + 1;
    }
    return Arrays.copyOf(known, last * MODELS.size());
  }

  private static void sendForecasts(JobSettings settings, int hours) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String series : OF_MODELS) {
      for (String model : MODELS) {
        for (int hour = 0; hour < hours; hour += steps(model)) {
          records.add(
              new ProducerRecord<>(
                  settings.kafka().topics().outside().name(),
                  series.getBytes(StandardCharsets.UTF_8),
                  AvroBytes.of(forecast(series, model, hour))));
        }
      }
    }
    kafka.send(records);
  }

  private static void sendBare(JobSettings settings, int from, int to) throws Exception {
    List<Observation> bare = new ArrayList<>();
    for (int hour = from; hour < to; hour++) {
      for (String series : OF_MODELS) {
        bare.add(observation(series, hour));
      }
    }
    kafka.sendObservations(settings, bare);
  }

  @Test
  void forecastsAreAsIfObservationsBroughtThem() throws Exception {
    JobSettings settings = outside("topics.outside=outside.outside");
    kafka.create(settings, 2);
    String outside = settings.kafka().topics().outside().name();
    kafka.create(outside, 2, Map.of());
    sendForecasts(settings, 60);
    for (int partition = 0; partition < 2; partition++) { // dead letters, after all forecasts
      kafka.send(List.of(new ProducerRecord<>(outside, partition, null, new byte[] {1})));
    }
    String savepoint;
    try (RunningJob job = flink.submit(settings, 2)) {
      job.await().until(() -> kafka.deadLetters(settings).size() == 2);
      sendBare(settings, 0, 30);
      kafka.awaitForecasts(job, settings, 30 * OF_MODELS.size());
      savepoint = job.stop(dir.resolve("savepoints"));
    }
    try (RunningJob job = flink.restore(settings, 1, savepoint)) {
      sendBare(settings, 30, 50);
      kafka.awaitForecasts(job, settings, 50 * OF_MODELS.size());
    }
    List<Observation> known = new ArrayList<>();
    List<Observation> bare = new ArrayList<>();
    for (String series : OF_MODELS) {
      for (int hour = 0; hour < 50; hour++) {
        known.add(observation(series, hour, knownOfModels(series, hour)));
        bare.add(observation(series, hour));
      }
    }
    ForecastSettings inOrder = outside().forecast();
    Map<String, List<Forecast>> expected = OneSeries.bySeries(inOrder, known);
    assertThat(expected).as("they count").isNotEqualTo(OneSeries.bySeries(inOrder, bare));
    assertThat(kafka.bySeries(settings)).isEqualTo(expected);
    assertThat(kafka.deadLetters(settings)).hasSize(2);
  }
}
