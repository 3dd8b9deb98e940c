package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.dashboard.Records;
import dev.weir.kafka.avro.Model;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

class ModelListTest {

  private final ModelList models = new ModelList();

  private void add(String key, String name, long version) throws Exception {
    Model model =
        new Model(name, version, Instant.EPOCH, ByteBuffer.wrap(new byte[] {1, 2}), Map.of());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(Model.class).write(model, encoder);
    encoder.flush();
    models.add(Records.record("models", key, bytes.toByteArray()));
  }

  private List<ModelList.Entry> newest() {
    return models.entries(Map.of()).stream().filter(ModelList.Entry::newest).toList();
  }

  @Test
  void theActiveVersionStaysHoweverManyAreKeptToGoBackTo() throws Exception {
    add("demand", "demand", 900);
    for (int version = 1; version <= 70; version++) {
      add("demand@" + version, "demand", version);
      add("supply", "supply", version);
    }
    assertThat(models.entries(Map.of())).hasSize(50);
    assertThat(newest())
        .extracting(ModelList.Entry::name, ModelList.Entry::version)
        .containsExactly(tuple("supply", 70L), tuple("demand", 900L));
  }

  @Test
  void ofMoreNamesThanFitTheLastPublishedAreShown() throws Exception {
    for (int name = 1; name <= 53; name++) {
      add("m" + name, "m" + name, 1);
    }
    assertThat(newest()).hasSize(50).first().extracting(ModelList.Entry::name).isEqualTo("m53");
    assertThat(newest()).last().extracting(ModelList.Entry::name).isEqualTo("m4");
  }
}
