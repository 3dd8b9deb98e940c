package dev.weir.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.dashboard.read.HistoryLoader;
import dev.weir.dashboard.read.TopicReader;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the page reads a broker's topics: whole, in part, with holes, and damaged. */
public class ReadingIT {

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static Producer<byte[], byte[]> patient; // sends nothing by itself

  @BeforeAll
  static void start() throws Exception {
    patient = KafkaClients.of(kafka.bootstrapServers()).with("linger.ms", 60_000).producer();
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      patient.close();
    }
  }

  private static KafkaClients clients() {
    return KafkaClients.of(kafka.bootstrapServers());
  }

  private static TopicConsumer consumer() {
    return new TopicConsumer(TopicReader.seeking(clients()));
  }

  // ---- part by part

  /** The offsets that a look back finds in a partition, up to its present end. */
  private static List<Long> offsets(TopicPartition place, BooleanSupplier over) {
    try (TopicConsumer consumer = consumer()) {
      long end = consumer.ends(List.of(place)).get(place);
      return HistoryLoader.newestFirst(
          0,
          end,
          (from, to) ->
              HistoryLoader.part(
                  consumer,
                  place,
                  from,
                  to,
                  () -> from == 5_000 && over.getAsBoolean(),
                  // few enough that it goes back to the beginning
                  record -> record.offset() % 20 == 0 ? record.offset() : null));
    }
  }

  private static List<Long> twentieths(long from, long to) {
    return LongStream.range(from, to).filter(offset -> offset % 20 == 0).boxed().toList();
  }

  /** A partition of 20,000 records, so that parts are of 5,000, 10,000 and 5,000. */
  private static TopicPartition longPartition(String topic) throws Exception {
    kafka.create(topic, 1, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      records.add(new ProducerRecord<>(topic, null, new byte[40]));
    }
    kafka.send(records);
    return new TopicPartition(topic, 0);
  }

  @Test
  void partsAreReadFromTheNewestAndOneThatTakesTooLongIsLeftOut() throws Exception {
    TopicPartition place = longPartition("long");
    assertThat(offsets(place, () -> false)).isEqualTo(twentieths(0, 20_000));
    int[] polls = new int[1];
    assertThat(offsets(place, () -> ++polls[0] == 3)).isEqualTo(twentieths(15_000, 20_000));
    assertThat(polls[0]).as("in the midst of the second part").isEqualTo(3);
  }

  @Test
  void whatIsDeletedWhileItIsReadIsLeftOutAndWhatIsLeftIsWhole() throws Exception {
    TopicPartition place = longPartition("retained");
    AtomicBoolean deleted = new AtomicBoolean();
    try (Admin admin = clients().admin()) {
      List<Long> found =
          offsets(
              place,
              () -> { // before the second part's first record
                if (!deleted.getAndSet(true)) {
                  try {
                    admin
                        .deleteRecords(Map.of(place, RecordsToDelete.beforeOffset(8_010)))
                        .all()
                        .get();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }
                return false;
              });
      assertThat(found).isEqualTo(twentieths(8_010, 20_000));
    }
  }

  // ---- the history of a series

  private static Topics topics(String prefix, int partitions) {
    Topics topics =
        new Topics(prefix + ".o", prefix + ".f", prefix + ".s", prefix + ".d", prefix + ".m");
    for (String topic :
        List.of(
            topics.observations().first(),
            topics.forecasts(),
            topics.scores(),
            topics.deadLetters(),
            topics.models())) {
      kafka.create(topic, partitions, Map.of());
    }
    return topics;
  }

  private static Observation observation(String series, int i) {
    return Records.observation(series, 1_000L * i, i);
  }

  private static SeriesHistory.View lookBack(Topics topics, SeriesRow row) {
    DashboardState state = new DashboardState(topics, null, null, new Limits(1_000, 10, 1 << 20));
    assertThat(state.histories.ask(row)).as("was not kept").isTrue();
    try (HistoryLoader lookBack =
        new HistoryLoader(clients(), topics, state, 1_000, Patience.LIMIT)) {
      lookBack.fill(row);
    }
    assertThat(state.histories.ask(row)).as("could not be had").isFalse();
    return row.view(Long.MAX_VALUE, SeriesHistory.KEPT, 0);
  }

  @Test
  void whatWasAbortedAndWhatIsOpenLeavesNoHoleInTheHistory() throws Exception {
    Topics topics = topics("transactions", 2);
    try (Producer<byte[], byte[]> producer = transactional("history")) {
      producer.initTransactions();
      for (int i = 0; i < 12; i++) { // each second one aborted, the newest three open
        producer.beginTransaction();
        for (int j = 0; j < 3; j++) {
          producer.send(
              KafkaFixture.record(
                  topics.observations().first(), 1, observation("pump", 3 * i + j)));
          producer.send(
              KafkaFixture.record(topics.observations().first(), 1, observation("fan", 3 * i + j)));
        }
        producer.flush();
        if (i == 11) {
          break;
        } else if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
      SeriesRow row = new SeriesRow("pump");
      row.observe(
          observation("pump", 32),
          topics.observations().first(),
          1,
          1); // where it is, and nothing of the other topics
      SeriesHistory.View found = lookBack(topics, row);
      assertThat(found.observations().time())
          .containsExactly(
              IntStream.range(0, 33)
                  .filter(i -> i / 3 % 2 == 0)
                  .mapToLong(i -> 1_000L * i)
                  .toArray());
      assertThat(found.modes()).isEmpty();
    }
  }

  @Test
  void aSeriesThatWasSeenOnNoPartitionHasNoHistory() {
    Topics topics = topics("nowhere", 1);
    assertThat(lookBack(topics, new SeriesRow("pump")).isEmpty()).isTrue();
  }

  @Test
  void aHistoryGoesBackToADamagedBatchAndItsOtherTopicsAreRead() throws Exception {
    Topics topics = topics("hole", 1);
    for (int[] offsets : new int[][] {{0, 4}, {4, 8}, {8, 16}}) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = offsets[0]; i < offsets[1]; i++) {
        records.add(KafkaFixture.record(topics.observations().first(), 0, observation("pump", i)));
      }
      batch(records);
    }
    kafka.send(
        List.of(
            new ProducerRecord<>(
                topics.forecasts(),
                "pump".getBytes(UTF_8),
                new ForecastCodec()
                    .encode(Records.forecast("pump", Mode.MANY_TO_ONE, 11_000, "demand", 4))),
            new ProducerRecord<>(
                topics.scores(),
                "pump".getBytes(UTF_8),
                new ScoreCodec()
                    .encode(Records.score("pump", Mode.MANY_TO_ONE, 11_000, 1, 2, 3)))));
    kafka.damage(topics.observations().first(), 0, 4, 7);
    TopicPartition place = new TopicPartition(topics.observations().first(), 0);
    try (TopicConsumer consumer = consumer()) {
      assertThat(HistoryLoader.part(consumer, place, 2, 15, () -> false, record -> record.offset()))
          .as("what is before it would leave a hole; three behind it are skipped with it")
          .isEqualTo(new HistoryLoader.Part<>(List.of(11L, 12L, 13L, 14L), false));
    }
    SeriesRow row = new SeriesRow("pump");
    row.observe(observation("pump", 11), topics.observations().first(), 0, 1);
    row.issue(
        Records.forecast("pump", Mode.MANY_TO_ONE, 11_000, "demand", 4), "demand", 0, 1, true);
    row.score(Records.score("pump", Mode.MANY_TO_ONE, 11_000, 1, 2, 3), 0, 1);
    SeriesHistory.View found = lookBack(topics, row);
    assertThat(found.observations().time()).containsExactly(11_000, 12_000, 13_000, 14_000, 15_000);
    assertThat(found.modes().get(Mode.MANY_TO_ONE).forecasts()).hasSize(1);
    assertThat(found.modes().get(Mode.MANY_TO_ONE).score().mae()).isEqualTo(1);
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
        Dashboard.start(
            new DashboardSettings(
                clients(), topics, null, null, null, new Limits(1_000, 10, 1 << 20), null, null),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null)) {
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
      admin.createMissing(topics, 1);
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
    return Dashboard.start(
        new DashboardSettings(KafkaClients.of(servers), topics),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null);
  }

  private static JsonNode told(Dashboard page, String path) throws IOException {
    return new ObjectMapper().readTree(page.address().resolve(path).toURL());
  }

  private static JsonNode job(Dashboard page) throws IOException {
    return told(page, "/api/job");
  }

  /** When a series was observed. */
  private static double[] seconds(Dashboard page, String series) throws IOException {
    JsonNode history = told(page, "/api/series/history?limit=2000&series=" + series);
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
