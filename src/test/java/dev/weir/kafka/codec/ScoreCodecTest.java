package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Score;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

public class ScoreCodecTest {

  public static final Score SCORE =
      new Score(
          "pump-7",
          5_000,
          Mode.MANY_TO_MANY,
          1.5,
          12,
          new double[] {1, 2, 4},
          7.0 / 3,
          0.6,
          0.8,
          0.79,
          List.of(new Score.Method("naive", 3, 0), new Score.Method("expert:analogs", 2, 0.25)));

  private final ScoreCodec codec = new ScoreCodec();

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    assertThat(codec.decode(codec.encode(SCORE))).isEqualTo(SCORE);
  }

  @Test
  void jsonHoldsTheSameAndIsRead() throws Exception {
    assertThat(codec.decode(codec.toJson(SCORE))).isEqualTo(SCORE);
    List<String> names = new ArrayList<>();
    new ObjectMapper().readTree(codec.toJson(SCORE)).fieldNames().forEachRemaining(names::add);
    assertThat(names).isEqualTo(ScoreCodec.SCHEMA.getFields().stream().map(f -> f.name()).toList());
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(dev.weir.kafka.avro.Score.getClassSchema())
            .read(null, DecoderFactory.get().binaryDecoder(codec.encode(SCORE), null));
    assertThat(record.get("series").toString()).isEqualTo("pump-7");
    assertThat(record.get("errors")).isEqualTo(List.of(1.0, 2.0, 4.0));
    assertThat(record.get("mase")).isEqualTo(0.6);
    GenericRecord second = (GenericRecord) ((List<?>) record.get("methods")).get(1);
    assertThat(second.get("name").toString()).isEqualTo("expert:analogs");
    assertThat(second.get("share")).isEqualTo(0.25);
  }

  @Test
  void eachTruncationIsRefused() throws Exception {
    byte[] bytes = codec.encode(SCORE);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(MalformedRecordException.class);
    }
  }
}
