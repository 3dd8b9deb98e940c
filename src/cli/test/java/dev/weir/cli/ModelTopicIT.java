package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** The model topic on a real broker. */
class ModelTopicIT {

  private static final String FILE =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  private static final String KAFKA = KafkaFixture.shared().bootstrapServers();

  private static InProcess weir(String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + KAFKA, values);
  }

  private static String publish(String topic, String options) {
    InProcess publish =
        weir("model publish " + FILE + " --name demand --topic " + topic + " " + options)
            .succeeded();
    assertThat(publish.err()).isEmpty();
    return publish.out();
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
    ModelTopic topic = new ModelTopic(KafkaClients.of(KAFKA), "versions");
    assertThat(topic.model("demand").version()).isEqualTo(1);
    assertThat(topic.model("other")).isNull();
  }

  @Test
  void unreadableRecordIsListedAndDoesNoHarm() throws Exception {
    publish("hostile", "--model-version 1");
    try (Producer<byte[], byte[]> producer = KafkaClients.of(KAFKA).producer()) {
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
