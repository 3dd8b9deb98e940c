package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.kafka.avro.Model;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelListTest {

  private final ModelList models = new ModelList();

  private void add(String key, String name, long version) throws Exception {
    Model model =
        new Model(name, version, Instant.EPOCH, ByteBuffer.wrap(new byte[] {1, 2}), Map.of());
    models.add(Records.record("models", key, AvroBytes.of(model)));
  }

  @Test
  void ofMoreVersionsThanFitTheLastPublishedAreShown() throws Exception {
    for (int version = 1; version <= 53; version++) {
      add("demand", "demand", version);
    }
    add("demand", "demand", 9); // published again
    assertThat(models.entries(Map.of(new JobSummary.Version("old", 1), 7)))
        .hasSize(51)
        .startsWith(new ModelList.Entry("demand", 9, 0L, -1L, 0))
        .endsWith(new ModelList.Entry("old", 1, null, null, 7))
        .extracting(ModelList.Entry::version)
        .doesNotContain(3L);
  }
}
