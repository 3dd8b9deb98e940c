package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of models on a real broker that compacts as fast as it can. */
@Tag("slow")
class ModelVersionsIT {

  private static final String FILE =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  private static final Map<String, String> COMPACTED_SOON =
      Map.of(
          "cleanup.policy", "compact",
          "segment.ms", "100",
          "min.cleanable.dirty.ratio", "0.001",
          "delete.retention.ms", "100");

  @TempDir private static Path dir;
  private static EmbeddedBroker broker;
  private static String kafka;

  @BeforeAll
  static void startBroker() throws Exception {
    broker =
        EmbeddedBroker.start(
            dir.resolve("broker"),
            0,
            Map.of("log.cleaner.backoff.ms", "100", "log.initial.task.delay.ms", "500"));
    kafka = broker.bootstrapServers();
  }

  @AfterAll
  static void closeBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  private static ModelTopic topic(String name) {
    return topic(name, Map.of()); // never compacted
  }

  private static ModelTopic topic(String name, Map<String, String> config) {
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
      admin.create(name, 1, config);
    }
    return new ModelTopic(KafkaClients.of(kafka), name);
  }

  /** A model that says by its first weight which one it is. */
  private static ForecastModel model(String name, long version) throws Exception {
    ForecastModel sample = ModelFiles.read(Path.of(FILE), ModelFiles.Defaults.NONE);
    float[] weights = sample.weights().clone();
    weights[0] = version;
    return TestModel.like(sample).name(name).version(version).weights(weights).build();
  }

  /** Versions of the records that jobs read. */
  private static List<Long> read(ModelTopic topic, String name) {
    return topic.read().stream()
        .map(ModelTopic.Entry::record)
        .filter(record -> record.getName().equals(name))
        .map(record -> record.getVersion())
        .toList();
  }

  /** Publishes something else, since the newest segment is never compacted, until it is done. */
  private static void awaitCompaction(ModelTopic topic, String name) {
    Awaitility.await("one record of " + name)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              topic.publish(model("other", 1), 0);
              return read(topic, name).size() == 1;
            });
  }

  private static InProcess weir(String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + kafka, values);
  }

  private static List<String> states(String topic) {
    return weir("model list --topic %s", topic)
        .out()
        .lines()
        .filter(line -> line.startsWith("demand"))
        .map(line -> line.split(" +")[1] + " " + line.replaceAll(".* ", ""))
        .toList();
  }

  @Test
  void aVersionIsGoneBackToAfterTheTopicWasCompacted() throws Exception {
    ModelTopic topic = topic("compacted", COMPACTED_SOON);
    for (long version = 1; version <= 3; version++) {
      topic.publish(model("demand", version));
    }
    awaitCompaction(topic, "demand");
    assertThat(read(topic, "demand")).containsExactly(3L);

    InProcess rollback = weir("model rollback demand --topic compacted").succeeded();
    assertThat(rollback.out()).isEqualTo("demand version 2 is in use again on compacted\n");
    assertThat(((ForecastModel) topic.model("demand", null)).weights()[0]).isEqualTo(2);

    assertThat(weir("model rollback demand --to 3 --topic compacted").exitCode())
        .isZero(); // forward again
    assertThat(((ForecastModel) topic.model("demand", null)).weights()[0]).isEqualTo(3);
    assertThat(weir("model rollback demand --to 1 --topic compacted").exitCode()).isZero();
    assertThat(((ForecastModel) topic.model("demand", null)).weights()[0]).isEqualTo(1);

    assertThat(topic.newestVersion("demand"))
        .as("the next number is not one of these")
        .isEqualTo(3);
    assertThat(states("compacted")).containsExactly("1 published", "2 kept", "3 kept");

    InProcess lowest = weir("model rollback demand --topic compacted").failed(1);
    assertThat(lowest.err())
        .contains("expected version below the one in use of demand")
        .contains("version 1 in use, also [2, 3]")
        .contains("weir model publish FILE");
  }

  @Test
  void noMoreCopiesAreKeptThanWanted() throws Exception {
    ModelTopic topic = topic("few");
    for (long version = 1; version <= 5; version++) {
      topic.publish(model("demand", version), 2);
    }
    assertThat(states("few"))
        .containsExactly("1 leaving", "2 leaving", "3 leaving", "4 kept", "5 published");
    assertThat(weir("model rollback demand --to 7 --topic few").err())
        .contains("expected version 7 of demand, got version 5 in use, also [1, 2, 3, 4]");
  }

  @Test
  void theVersionThatWasInUseKeepsItsCopyWhenANewerOneIsPublished() throws Exception {
    ModelTopic topic = topic("spared");
    for (long version = 1; version <= 3; version++) {
      topic.publish(model("demand", version), 3);
    }
    topic.rollback("demand", 1L);
    topic.publish(model("demand", 4), 3);
    assertThat(states("spared")).containsExactly("1 kept", "2 leaving", "3 kept", "4 published");
    topic.publish(model("demand", 5), 3); // now it is one as any other
    assertThat(states("spared"))
        .containsExactly("1 leaving", "2 leaving", "3 kept", "4 kept", "5 published");
  }

  @Test
  void aRollbackTakesNoCopyAwayHoweverManyThereAre() throws Exception {
    ModelTopic topic = topic("many");
    int most = ModelTopic.KEEP + 2;
    for (long version = 1; version <= most; version++) {
      topic.publish(model("demand", version), 50);
    }
    assertThat(weir("model rollback demand --topic many").exitCode()).isZero();
    assertThat(states("many"))
        .hasSize(most)
        .contains("1 kept", "2 kept", (most - 1) + " published", most + " kept")
        .noneMatch(state -> state.endsWith("leaving"));
  }

  @Test
  void aVersionPublishedWithoutACopyIsKeptWhenItIsLeft() throws Exception {
    ModelTopic topic = topic("old"); // as builds before this one left them
    topic.publish(model("demand", 1), 0);
    topic.publish(model("demand", 2), 0);
    assertThat(states("old")).containsExactly("1 leaving", "2 published");
    assertThat(weir("model rollback demand --topic old").exitCode()).isZero();
    assertThat(states("old")).containsExactly("1 published", "2 kept");
    assertThat(weir("model rollback demand --to 2 --topic old").exitCode()).isZero();
    assertThat(((ForecastModel) topic.model("demand", null)).weights()[0]).isEqualTo(2);
  }

  @Test
  void whatCanNotBeReadIsListedAndHarmsNothing() throws Exception {
    ModelTopic topic = topic("hostile");
    topic.publish(model("demand", 1));
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      byte[] bell = {'d', '@', 7};
      producer.send(new ProducerRecord<>("hostile", bell, new byte[] {1, 2, 3})).get();
      producer.send(new ProducerRecord<>("hostile", new byte[0], new byte[0])).get();
    }
    InProcess list = weir("model list --topic hostile").succeeded();
    assertThat(list.out()).contains("d@\\u0007", "unreadable, offset 2", "unreadable, offset 3");
    topic.publish(model("demand", 2));
    assertThat(weir("model rollback demand --topic hostile").exitCode()).isZero();
  }
}
