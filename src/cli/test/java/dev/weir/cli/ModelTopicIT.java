package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model topic on a real broker. */
class ModelTopicIT {

  private static final String FILE =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  @TempDir private static Path dir;
  private static EmbeddedBroker broker;
  private static String kafka;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0, Map.of());
    kafka = broker.bootstrapServers();
  }

  @AfterAll
  static void closeBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  private static InProcess weir(String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + kafka, values);
  }

  private static String publish(String topic, String options) {
    return weir("model publish " + FILE + " --name demand --topic " + topic + " " + options)
        .succeeded()
        .out();
  }

  @Test
  void newestPublishedModelIsListedWhateverItsVersion() throws Exception {
    publish("versions", "--model-version 1");
    assertThat(publish("versions", "")).isEqualTo("demand version 2 is on versions\n");
    publish("versions", "--model-version 1");
    assertThat(weir("model list --topic versions").succeeded().out().lines())
        .hasSize(2)
        .last()
        .asString()
        .matches("demand +1 .*");
    ModelTopic topic = new ModelTopic(KafkaClients.of(kafka), "versions");
    assertThat(topic.model("demand").version()).isEqualTo(1);
    assertThat(topic.model("other")).isNull();
  }

  @Test
  void unreadableRecordIsListedAndDoesNoHarm() throws Exception {
    publish("hostile", "--model-version 1");
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      byte[] bell = {'d', '@', 7};
      producer.send(new ProducerRecord<>("hostile", bell, new byte[] {1, 2, 3})).get();
      producer.send(new ProducerRecord<>("hostile", new byte[0], new byte[0])).get();
      producer.send(new ProducerRecord<>("hostile", bell, null)).get();
    }
    InProcess list = weir("model list --topic hostile").succeeded();
    assertThat(list.out()).contains("d@\\u0007", "unreadable, offset 1", "unreadable, offset 2");
    assertThat(publish("hostile", "")).contains("demand version 2 is on");
  }
}
