package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Score;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
          List.of(
              new Score.Method("naive", 3, 0),
              new Score.Method("expert:analogs", 2, 0.25),
              new Score.Method("outside:lear", 2.5, 0.125)),
          new Score.Distribution(
              11,
              List.of(1, 2, 3),
              2.5,
              List.of(1.5, 2.0, 4.0),
              List.of(
                  new Score.Quantile(0.1, 0.5, List.of(0.25, 0.5, 0.75)),
                  new Score.Quantile(0.5, 1.0, List.of(0.5, 1.0, 1.5)),
                  new Score.Quantile(0.9, 0.75, List.of(0.5, 0.75, 1.0))),
              List.of(new Score.Interval(0.8, 12.5, List.of(7.5, 12.5, 17.5)))));

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
  void scoreWithoutDistributionIsEncodedAndDecoded() throws Exception {
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(codec.toJson(SCORE));
    json.remove("distribution_score");
    Score read = codec.decode(json.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(read.distribution()).isNull();
    assertThat(read.methods()).isEqualTo(SCORE.methods());
    assertThat(codec.decode(codec.encode(read))).isEqualTo(read);
  }

  @Test
  void printedScoreIsOne() throws Exception {
    String page = Files.readString(Path.of("docs/topics.md"));
    Matcher block = Pattern.compile("```\n(\\{\"series.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).isTrue();
    byte[] printed = block.group(1).getBytes(StandardCharsets.UTF_8);
    Score score = codec.decode(printed);
    assertThat(score.distribution().intervals().get(0).score()).isEqualTo(7.5);
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(codec.toJson(score))).isEqualTo(mapper.readTree(printed));
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
