package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Both jobs of the repository on real series, against the core run by hand on the same series. */
class ForecastJobIT {

  private static final List<String> SERIES =
      List.of(
          "nab_nyc_taxi",
          "uci_bike",
          "nab_elb_requests",
          "nab_ec2_cpu_5f5533",
          "nab_ambient_temp",
          "vega_seattle_tmax");

  private static final int VALUES = 1_200; // of each series, at most

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  /** The two jobs on common topics, but each with its own dead letters. */
  private static JobSettings settings(String topics, Mode mode) throws IOException {
    Map<String, String> overrides = kafka.overrides(topics);
    overrides.put("forecast." + mode.label() + ".model", "sample-" + mode.label());
    overrides.put("forecast." + mode.label() + ".file", KafkaFixture.sample(mode.label()));
    overrides.put("name", topics + "-" + mode.label());
    overrides.put("topics.dead-letters", topics + "-" + mode.label() + ".dlq");
    return JobSettings.read(Path.of("jobs", mode.label() + ".yaml"), overrides);
  }

  private static ModeSettings mode(JobSettings settings) {
    return settings.forecast().modes().get(0);
  }

  /** The same network with other weights. */
  private static ForecastModel next(ForecastModel model) {
    float[] weights = model.weights().clone();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= 0.75f;
    }
    return TestModel.like(model).version(model.version() + 1).weights(weights).build();
  }

  private static byte[] record(ForecastModel model, byte[] weights) throws IOException {
    var record =
        new dev.weir.kafka.avro.Model(
            model.name(), 99L, Instant.EPOCH, ByteBuffer.wrap(weights), Map.of());
    return AvroBytes.of(record);
  }

  private record Wrong(String what, Reason reason, byte[] value) {}

  /** Models that fit nobody's job, and bytes that are no model. */
  private static List<Wrong> wrongModels(ForecastModel good) throws IOException {
    List<Wrong> wrong = new ArrayList<>();
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, 3, 1, false, true);
    ForecastModel other = TestModel.of(rnn, 5, 3).name(good.name()).version(99).build(); // horizon
    wrong.add(new Wrong("horizon", Reason.MODEL, record(other, ModelFiles.toBytes(other))));
    byte[] notFinite = ModelFiles.toBytes(good.withVersion(99));
    ByteBuffer.wrap(notFinite)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(notFinite.length - Float.BYTES, Float.NaN);
    wrong.add(new Wrong("NaN weight", Reason.MODEL, record(good, notFinite)));
    byte[] whole = ModelFiles.toBytes(good.withVersion(99));
    byte[] cut = Arrays.copyOf(whole, whole.length - 10);
    wrong.add(new Wrong("truncated weights", Reason.MODEL, record(good, cut)));
    byte[] garbage = "this is no Avro at all".getBytes(StandardCharsets.UTF_8);
    wrong.add(new Wrong("no Avro", Reason.MALFORMED, garbage));
    return wrong;
  }

  /** Sends the values of all series round by round, one of each at a time. */
  private final class Replay {
    private final List<List<Observation>> all;
    private final String topic;
    private int sent; // of each series

    Replay(List<List<Observation>> all, String topic) {
      this.all = all;
      this.topic = topic;
    }

    void rounds(int n) throws Exception {
      List<Observation> rounds = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        for (List<Observation> series : all) {
          rounds.add(series.get(sent));
        }
        sent++;
      }
      kafka.sendObservations(topic, rounds);
    }
  }

  @Test
  void bothModesForecastRealSeriesAsTheCoreDoesAndSwapModelsInMidStream() throws Exception {
    JobSettings one = settings("real", Mode.MANY_TO_ONE);
    JobSettings many = settings("real", Mode.MANY_TO_MANY);
    String observations = one.kafka().topics().observations().first();
    String forecasts = one.kafka().topics().forecasts();
    assertThat(many.kafka().topics().forecasts()).isEqualTo(forecasts);
    kafka.create(observations, 2, Map.of());
    List<List<Observation>> all = new ArrayList<>();
    for (String name : SERIES) {
      all.add(KafkaFixture.sampleSeries(name, VALUES));
    }
    Replay replay = new Replay(all, observations);
    ForecastModel oneFirst = CoreForecasts.initialModel(mode(one));
    ForecastModel manyFirst = CoreForecasts.initialModel(mode(many));
    ForecastModel oneNext = next(oneFirst);
    ForecastModel manyNext = next(manyFirst);
    String oneDead = one.kafka().topics().deadLetters();
    String manyDead = many.kafka().topics().deadLetters();

    try (RunningJob oneJob = flink.submit(one, 2);
        RunningJob manyJob = flink.submit(many, 2)) {
      replay.rounds(300);
      awaitForecasts(oneJob, forecasts, replay.sent);
      awaitForecasts(manyJob, forecasts, replay.sent);
      assertThat(kafka.read(observations)).extracting(ConsumerRecord::partition).contains(0, 1);

      ModelTopic models = kafka.models(one);
      replay.rounds(20);
      models.publish(oneNext);
      models.publish(manyNext);
      while (seriesOf(forecasts, oneNext.version()) < 2 * SERIES.size()) {
        assertThat(replay.sent).as("values sent while no new version came").isLessThan(1_100);
        replay.rounds(1); // the stream goes on while the models arrive
        int written = 2 * SERIES.size() * replay.sent; // else a slow job would see no model in time
        oneJob
            .await()
            .until(() -> kafka.read(forecasts, KafkaFixture.UNCOMMITTED).size() >= written);
        oneJob.assertRunning();
        manyJob.assertRunning();
      }

      List<Wrong> wrong = wrongModels(oneNext);
      byte[] key = oneNext.name().getBytes(StandardCharsets.UTF_8);
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (Wrong w : wrong) {
        records.add(new ProducerRecord<>(one.kafka().topics().models(), key, w.value()));
      }
      kafka.send(records);
      oneJob.await().until(() -> kafka.deadLetters(oneDead).size() == wrong.size());
      manyJob.await().until(() -> kafka.deadLetters(manyDead).size() == 3);
      replay.rounds(40);
      awaitForecasts(oneJob, forecasts, replay.sent);
      oneJob.assertRunning();
      manyJob.assertRunning();

      assertThat(kafka.deadLetters(oneDead))
          .extracting(DeadLetter::reason)
          .containsExactlyElementsOf(wrong.stream().map(Wrong::reason).toList());
      List<ConsumerRecord<byte[], byte[]>> dead = kafka.read(oneDead);
      for (int i = 0; i < wrong.size(); i++) {
        assertThat(dead.get(i).value()).as(wrong.get(i).what()).isEqualTo(wrong.get(i).value());
        assertThat(dead.get(i).key()).isEqualTo(key);
      }
      // the other job reads the same topic: unreadable bytes may have been meant for it
      assertThat(kafka.read(manyDead))
          .extracting(ConsumerRecord::value)
          .containsExactly(wrong.get(1).value(), wrong.get(2).value(), wrong.get(3).value());
    }

    Map<String, List<Forecast>> actual = byModeAndSeries(forecasts);
    assertThat(actual).hasSize(2 * SERIES.size());
    for (int s = 0; s < SERIES.size(); s++) {
      List<Observation> sent = all.get(s).subList(0, replay.sent);
      assertAsTheCore(actual, sent, one, oneFirst, oneNext);
      assertAsTheCore(actual, sent, many, manyFirst, manyNext);
    }
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(forecasts)) {
      Forecast forecast = new ForecastCodec().decode(record.value());
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(forecast.series());
      assertThat(record.timestamp()).isEqualTo(forecast.origin());
      assertThat(record.headers().lastHeader("weir-schema").value())
          .isEqualTo(WriterSchemas.fingerprint(ForecastCodec.SCHEMA));
    }
  }

  /** How many (series, mode) have a forecast by this version, committed or not. */
  private static long seriesOf(String topic, long version) {
    return kafka.forecasts(topic, KafkaFixture.UNCOMMITTED).stream()
        .filter(f -> f.modelVersion() == version)
        .map(f -> f.mode() + f.series())
        .distinct()
        .count();
  }

  private static void awaitForecasts(RunningJob job, String topic, int rounds) {
    job.await().until(() -> kafka.read(topic).size() >= 2 * SERIES.size() * rounds);
  }

  /** In the topic's order. */
  private static Map<String, List<Forecast>> byModeAndSeries(String topic) {
    return kafka.forecasts(topic).stream()
        .collect(Collectors.groupingBy(f -> f.mode() + " " + f.series()));
  }

  /** Each origin once, in order, none missing, each number to the last bit. */
  private static void assertAsTheCore(
      Map<String, List<Forecast>> actual,
      List<Observation> series,
      JobSettings settings,
      ForecastModel first,
      ForecastModel next) {
    ModeSettings mode = mode(settings);
    String name = series.get(0).series();
    List<Forecast> forecasts = actual.get(mode.mode() + " " + name);
    int swap = 0; // where the new version starts; from there on it must be everywhere
    while (forecasts.get(swap).modelVersion() != next.version()) {
      swap++;
    }
    assertThat(swap).as("forecasts by version %d", first.version()).isGreaterThanOrEqualTo(300);
    int start = swap;
    assertThat(forecasts)
        .as("%s of %s", mode.mode(), name)
        .isEqualTo(
            CoreForecasts.of(series, settings.forecast(), mode, i -> i < start ? first : next));
    List<Forecast> unswapped = CoreForecasts.of(series, settings.forecast(), mode, i -> first);
    assertThat(forecasts.get(swap).values()).isNotEqualTo(unswapped.get(swap).values());
  }
}
