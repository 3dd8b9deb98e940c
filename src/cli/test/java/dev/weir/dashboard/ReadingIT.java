package dev.weir.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.Http;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the page reads a broker's topics: with holes, damaged, and after an outage. */
public class ReadingIT {

  private static final KafkaFixture kafka = KafkaFixture.shared();
  @AutoClose private static Producer<byte[], byte[]> patient; // sends nothing by itself

  @BeforeAll
  static void start() throws Exception {
    patient = KafkaClients.of(kafka.bootstrapServers()).with("linger.ms", 60_000).producer();
  }

  private static KafkaClients clients() {
    return KafkaClients.of(kafka.bootstrapServers());
  }

  private static Topics topics(String prefix, int partitions) {
    Topics topics =
        new Topics(prefix + ".o", prefix + ".f", prefix + ".s", prefix + ".d", prefix + ".m");
    try (TopicAdmin admin = kafka.admin()) {
      admin.createMissing(topics, partitions, 0);
    }
    return topics;
  }

  private static Observation observation(String series, int i) {
    return Records.observation(series, 1_000L * i, i);
  }

  // ---- damaged batches

  @Test
  @Tag("slow") // three tries, a second apart
  void damagedBatchIsReportedAndSkippedAndOtherPartitionsAreRead() throws Exception {
    Topics topics = topics("damaged", 3);
    for (int batch = 0; batch < 4; batch++) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int partition = 0; partition < 3; partition++) {
        for (int i = 0; i < 5; i++) {
          records.add(
              KafkaFixture.record(
                  topics.observations().first(),
                  partition,
                  observation("p" + partition, 5 * batch + i)));
        }
      }
      batch(records);
    }
    kafka.damage(topics.observations().first(), 0, 5, 9);
    kafka.damage(topics.observations().first(), 1, 15, 19); // the newest
    TreeSet<String> said = new TreeSet<>();
    try (Dashboard page =
        ServedPage.read(
            new DashboardSettings(clients(), topics, null, null, null, 1_000, null, null))) {
      await()
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                said.add(job(page).path("why").asText());
                return job(page).path("unreadable").intValue() == 12;
              });
      assertThat(said)
          .anySatisfy(
              why ->
                  assertThat(why)
                      .matches(
                          "Reading damaged.o failed: Record batch for partition damaged.o-[01] at"
                              + " offset \\d+ is invalid, .*[^.]\\."));
      for (int i = 20; i < 23; i++) { // what comes now
        for (int partition = 0; partition < 3; partition++) {
          kafka.send(
              List.of(
                  KafkaFixture.record(
                      topics.observations().first(), partition, observation("p" + partition, i))));
        }
      }
      await()
          .untilAsserted(
              () -> {
                assertThat(job(page).path("observations").intValue()).as("each once").isEqualTo(57);
                assertThat(job(page).path("why").textValue())
                    .startsWith("Observations arrive, and no forecast of them yet");
              });
      assertThat(seconds(page, "p0"))
          .containsExactly(0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22);
      assertThat(seconds(page, "p1"))
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22);
      assertThat(seconds(page, "p2")).hasSize(23);
    }
  }

  // ---- transactions, and a broker that is away

  @Test
  void whatWasNeverCommittedIsNeverShown() throws Exception {
    Topics topics = topics("aborting", 1);
    try (Dashboard page = serve(kafka.bootstrapServers(), topics);
        Producer<byte[], byte[]> producer = transactional("aborting")) {
      producer.initTransactions();
      for (String series : List.of("aborted", "committed")) {
        producer.beginTransaction();
        Forecast forecast = Records.forecast(series, Mode.MANY_TO_ONE, 60_000, "demand", 1);
        byte[] value = new ForecastCodec().encode(forecast);
        producer.send(new ProducerRecord<>(topics.forecasts(), series.getBytes(UTF_8), value));
        producer.flush();
        if (series.equals("aborted")) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
      await().until(() -> told(page, "/api/series").path("total").intValue() > 0);
      JsonNode list = told(page, "/api/series").path("items");
      assertThat(list).hasSize(1);
      assertThat(list.get(0).path("series").textValue()).isEqualTo("committed");
    }
  }

  @Tag("slow")
  @Test
  void thePageOutlivesItsBrokerAndFindsNewPartitions(@TempDir Path dir) throws Exception {
    Topics topics = new Topics("o", "f", "s", "d", "m");
    EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
    String servers = broker.bootstrapServers();
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(servers))) {
      admin.createMissing(topics, 1, 0);
    }
    send(servers, 0, 0, 20);
    try (Dashboard page = serve(servers, topics)) {
      await().until(() -> job(page).path("observations").intValue() == 20);
      broker.close();
      await()
          .untilAsserted(
              () -> {
                assertThat(job(page).path("state").textValue()).isEqualTo("WAITING");
                assertThat(job(page).path("why").textValue()).contains(servers, "does not answer");
              });
      assertThat(seconds(page, "pump")).as("what it knew").hasSize(20);
      broker = EmbeddedBroker.start(dir, Integer.parseInt(servers.replaceFirst(".*:", "")));
      send(servers, 0, 20, 30);
      await().until(() -> job(page).path("observations").intValue() == 30);
      try (Admin admin = KafkaClients.of(servers).admin()) {
        admin.createPartitions(Map.of("o", NewPartitions.increaseTo(2))).all().get();
      }
      send(servers, 1, 30, 40);
      await().until(() -> job(page).path("observations").intValue() == 40);
      assertThat(seconds(page, "pump")).as("each once, in order").hasSize(40).isSorted();
    } finally {
      broker.close();
    }
  }

  private static void send(String servers, int partition, int from, int to) throws Exception {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(servers).producer()) {
      for (int i = from; i < to; i++) {
        producer.send(KafkaFixture.record("o", partition, observation("pump", i)));
      }
    }
  }

  private static Dashboard serve(String servers, Topics topics) throws IOException {
    return ServedPage.read(new DashboardSettings(KafkaClients.of(servers), topics));
  }

  private static JsonNode told(Dashboard page, String path) throws IOException {
    return Http.json(page.address().resolve(path));
  }

  private static JsonNode job(Dashboard page) throws IOException {
    return told(page, "/api/job");
  }

  /** When a series was observed. */
  private static double[] seconds(Dashboard page, String series) throws IOException {
    JsonNode history = told(page, "/api/series/history?series=" + series);
    double[] times = ServedPage.numbers(history.path("observations").path("time"));
    for (int i = 0; i < times.length; i++) {
      times[i] /= 1_000;
    }
    return times;
  }

  private static Producer<byte[], byte[]> transactional(String id) {
    return KafkaClients.of(kafka.bootstrapServers()).with("transactional.id", id).producer();
  }

  /** Sends them as one batch of each partition. */
  private static void batch(List<ProducerRecord<byte[], byte[]>> records) {
    records.forEach(patient::send);
    patient.flush();
  }
}
