package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ModelDeserializerTest {

  private static final String FILE =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  /** What a job gets of one record. */
  private static List<ModelEvent> arrivals(byte[] key) throws Exception {
    ForecastModel model = ModelFiles.read(Path.of(FILE), ModelFiles.Defaults.NONE);
    return arrivals(key, ModelCodec.encode(model, Instant.EPOCH));
  }

  private static List<ModelEvent> arrivals(byte[] key, byte[] value) {
    ModelDeserializer deserializer = new ModelDeserializer(null);
    deserializer.open(null);
    List<ModelEvent> arrivals = new ArrayList<>();
    deserializer.deserialize(
        new ConsumerRecord<>("models", 0, 7, key, value), new ListCollector<>(arrivals));
    return arrivals;
  }

  @Test
  void aModelIsTakenWhateverItsKey() throws Exception {
    for (byte[] key : new byte[][] {null, {}, "pump-3.b_1".getBytes(StandardCharsets.UTF_8)}) {
      assertThat(arrivals(key)).hasSize(1).first().isInstanceOf(ModelUpdate.class);
    }
  }
}
