package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Covariates from a topic of their own, beside the same ones inside of the observations. */
class CovariateTopicIT {

  private static final Duration CHECKPOINTS = Duration.ofMillis(500);
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

  private static JobSettings settings(String name, Map<String, String> more) throws Exception {
    kafka.create(name + ".observations", 3, Map.of());
    Map<String, String> overrides = kafka.learned(name);
    overrides.putAll(more);
    return KafkaFixture.job(
        overrides,
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
    JobSettings settings = settings("lost", Map.of());
    try (RunningJob job = flink.submit(settings, 2, CHECKPOINTS)) {
      sendCovariates(settings, "a", 1, 40, 5);
      sendCovariates(settings, "b", 1, 40, 5);
      awaitCovariates(job, settings);
    }
    try (RunningJob job = flink.submit(settings, 2, CHECKPOINTS)) {
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
    JobSettings settings = settings("calm", Map.of("window.out-of-orderness", "PT1H"));
    try (RunningJob job = flink.submit(settings, 2, CHECKPOINTS)) {
      sendObservations(settings, 0, 30);
      kafka.awaitForecasts(job, settings, SERIES.size() * 28); // the newest two hours wait
      job.assertRunning();
    }
  }
}
