package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.kafka.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class ClassificationCodecTest {

  private static final Classification KNOWN =
      new Classification(
          "größe-7",
          1_700_000_000_000L,
          1_700_000_060_000L,
          5,
          "läuft",
          List.of("steht", "läuft", "defekt"),
          new double[] {0.25, 0.625, 0.125},
          "states",
          7,
          40,
          0.875,
          0.5,
          Status.OK);
  private static final Classification UNKNOWN =
      new Classification(
          "s",
          1,
          2,
          1,
          "",
          List.of(),
          new double[0],
          "",
          -1,
          0,
          Double.NaN,
          Double.NaN,
          Status.UNKNOWN);

  private final ClassificationCodec codec = new ClassificationCodec();

  @Test
  void bothFormatsKeepAllFields() throws Exception {
    for (Classification one : List.of(KNOWN, UNKNOWN)) {
      assertThat(codec.decode(codec.encode(one))).isEqualTo(one);
      assertThat(codec.decode(codec.toJson(one))).isEqualTo(one);
    }
  }

  @Test
  void anyAvroLibraryReadsIt() throws Exception {
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(ClassificationCodec.SCHEMA)
            .read(null, DecoderFactory.get().binaryDecoder(codec.encode(KNOWN), null));
    assertThat(record.get("label")).hasToString("läuft");
    assertThat(record.get("probability")).isEqualTo(0.625);
    assertThat(record.get("classes").toString())
        .isEqualTo(
            "[{\"label\": \"steht\", \"probability\": 0.25},"
                + " {\"label\": \"läuft\", \"probability\": 0.625},"
                + " {\"label\": \"defekt\", \"probability\": 0.125}]");
    assertThat(record.get("status")).hasToString("OK");
  }

  @Test
  void jsonIsAsTheSchemaSays() throws Exception {
    String json = new String(codec.toJson(KNOWN), StandardCharsets.UTF_8);
    assertThat(json)
        .isEqualTo(
            """
            {"series":"größe-7","window_start":"2023-11-14T22:13:20Z",\
            "window_end":"2023-11-14T22:14:20Z","steps":5,"label":"läuft","probability":0.625,\
            "classes":[{"label":"steht","probability":0.25},{"label":"läuft","probability":0.625},\
            {"label":"defekt","probability":0.125}],"model":"states","model_version":7,\
            "labels":40,"accuracy":0.875,"log_loss":0.5,"status":"OK"}""");
    List<String> names = new java.util.ArrayList<>();
    new ObjectMapper().readTree(json).fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .isEqualTo(ClassificationCodec.SCHEMA.getFields().stream().map(f -> f.name()).toList());
  }

  @Test
  void otherBytesAreMalformed() {
    byte[] whole = codec.encode(KNOWN);
    for (byte[] bytes :
        List.of(
            new byte[0],
            java.util.Arrays.copyOf(whole, whole.length - 1),
            "{\"series\": 1}".getBytes(StandardCharsets.UTF_8),
            "{".getBytes(StandardCharsets.UTF_8))) {
      assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(MalformedRecordException.class);
    }
  }
}
