package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Patience;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.BuiltInModels;
import dev.weir.model.Mode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code jobs/forecast.sql} through Flink's SQL client, on real processes and a real broker. */
@Tag("slow")
@Tag("sql-client")
class SqlClientIT {

  private static final int SERIES = 5;
  private static final int HALF = 150;
  private static final int HORIZON = 2;
  private static final long HOUR = 3_600_000;
  private static final Path DIR =
      BuiltClasspath.ofThisBuild().target().resolve("cluster/SqlClientIT");

  /** What one record of the steps' topic says; NULLs as they are. */
  private record Step(
      String series,
      long origin,
      Integer step,
      Long target,
      Double value,
      Double lower,
      Double upper,
      String model,
      Long version,
      String status) {}

  private static Observation observation(int series, int i) {
    double value =
        20 * series + 5 * Math.sin(2 * Math.PI * i / (6 + series)) + (i * 37 % 11) / 10.0;
    return new Observation("series-" + series, 1_000_000_000L + i * HOUR, value);
  }

  @Test
  void aFileOfStatementsForecastsATopicAndGoesOnFromASavepointWithMoreTasksOnAnotherStateBackend()
      throws Exception {
    BuiltClasspath build = BuiltClasspath.ofThisBuild();
    try (BrokerProcess broker = BrokerProcess.start(build, DIR.resolve("broker"), Map.of());
        FlinkCluster flink =
            FlinkCluster.start(
                build.withSql(),
                DIR.resolve("flink"),
                1,
                Map.of("taskmanager.numberOfTaskSlots", "2"))) {
      String servers = broker.bootstrapServers();
      try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
        admin.create("observations", 2, Map.of()); // waits until each partition takes records
        admin.create("forecast-steps", 2, Map.of());
      }
      Topics topics = new Topics(servers, Patience.LIMIT);

      send(servers, 0, HALF);
      String first = run(flink, servers, "SET 'parallelism.default' = '1';");
      topics.awaitCommitted("forecast-steps", (long) SERIES * HALF * HORIZON);
      String savepoint = flink.stopWithSavepoint(first);
      send(servers, HALF, 2 * HALF);
      String second =
          run(
              flink,
              servers,
              "SET 'parallelism.default' = '2';\nSET 'state.backend.type' = 'rocksdb';\nSET 'execution.state-recovery.path' = '%s';"
                  .formatted(savepoint));
      topics.awaitCommitted("forecast-steps", (long) SERIES * 2 * HALF * HORIZON);

      assertThat(flink.checkpoints(second).at("/latest/restored/external_path").asText())
          .isEqualTo(savepoint);
      assertThat(stateBackend(flink, first)).isEqualTo("HashMapStateBackend");
      assertThat(stateBackend(flink, second)).isEqualTo("EmbeddedRocksDBStateBackend");
      List<Step> got = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record :
          topics.read("forecast-steps", Topics.COMMITTED)) {
        Step step = step(record.value());
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(step.series());
        got.add(step);
      }
      assertThat(got).containsExactlyInAnyOrderElementsOf(expected());
      assertThat(got.get(got.size() - 1).model()).isEqualTo("window-many-to-one");
      flink.cancel(second);
    }
  }

  private static String stateBackend(FlinkCluster flink, String job) throws Exception {
    return flink.get("/jobs/" + job + "/checkpoints/config").path("state_backend").asText();
  }

  /** Runs the file as it is, but for the broker's address; returns the job's id. */
  private static String run(FlinkCluster flink, String servers, String before) throws Exception {
    String statements = Files.readString(Path.of("jobs/forecast.sql"));
    String jar = System.getProperty("sql.jar", "target/weir-0.1.0-sql.jar");
    List<String> jobs =
        flink.sqlJobs(
            before
                + "\n"
                + statements
                    .replace("localhost:9092", servers)
                    .replace("target/weir-0.1.0-sql.jar", jar));
    assertThat(jobs).hasSize(1);
    flink.awaitRunning(jobs.get(0));
    return jobs.get(0);
  }

  private static void send(String servers, int from, int to) throws Exception {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(servers).producer()) {
      for (int i = from; i < to; i++) {
        for (int s = 0; s < SERIES; s++) {
          producer.send(KafkaFixture.record("observations", null, observation(s, i)));
        }
      }
    }
  }

  private static List<Step> expected() throws Exception {
    Learning learning =
        new Learning(
            LearnerSettings.defaults(HORIZON).withLevels(List.of(0.8)), LearnerSettings.AUTO, 0);
    byte[] weights = BuiltInModels.bytes("builtin:window-many-to-one");
    ModeSettings mode =
        new ModeSettings(Mode.MANY_TO_ONE, "window-many-to-one", HORIZON, weights, learning);
    ForecastSettings settings = TestSettings.of(5, mode).build();
    List<Step> steps = new ArrayList<>();
    for (int s = 0; s < SERIES; s++) {
      List<Observation> series = new ArrayList<>();
      for (int i = 0; i < 2 * HALF; i++) {
        series.add(observation(s, i));
      }
      for (Forecast f : OneSeries.forecasts(settings, series)) {
        for (int i = 0; i < HORIZON; i++) {
          boolean ends = !f.intervals().isEmpty();
          steps.add(
              new Step(
                  f.series(),
                  f.origin(),
                  i + 1,
                  f.times() == null ? null : (Long) f.times()[i],
                  f.values()[i],
                  ends ? (Double) f.intervals().get(0).lower()[i] : null,
                  ends ? (Double) f.intervals().get(0).upper()[i] : null,
                  f.model(),
                  f.modelVersion(),
                  f.status().name()));
        }
      }
    }
    return steps;
  }

  /** Plain Avro, field by field; a field that may be NULL is a union whose second part is not. */
  private static Step step(byte[] bytes) throws Exception {
    BinaryDecoder in = DecoderFactory.get().binaryDecoder(new ByteArrayInputStream(bytes), null);
    Step step =
        new Step(
            in.readString(),
            in.readLong(),
            in.readIndex() == 1 ? in.readInt() : null,
            in.readIndex() == 1 ? (Long) in.readLong() : null,
            in.readIndex() == 1 ? (Double) in.readDouble() : null,
            in.readIndex() == 1 ? (Double) in.readDouble() : null,
            in.readIndex() == 1 ? (Double) in.readDouble() : null,
            in.readIndex() == 1 ? in.readString() : null,
            in.readIndex() == 1 ? (Long) in.readLong() : null,
            in.readString());
    assertThat(in.readIndex()).as("error").isZero();
    assertThat(in.isEnd()).isTrue();
    return step;
  }
}
