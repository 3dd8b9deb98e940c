package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.TestForecast;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

public class ForecastCodecTest {

  public static final Forecast FULL =
      TestForecast.of("pump-7", 5_000)
          .steps(
              new Forecast.Steps(
                  new double[] {1.5, 2.5},
                  new double[] {1.75, 2.25},
                  List.of(
                      new Forecast.Interval(0.8, new double[] {1, 2}, new double[] {2, 3}),
                      new Forecast.Interval(0.95, new double[] {0, 1}, new double[] {3, 4}))))
          .windowStart(1_000)
          .times(6_000, 7_000)
          .model("pumps", 7)
          .learningSteps(99)
          .covariatesMissing(3)
          .explanation(
              new Explanation(
                  1.5,
                  List.of(
                      new Explanation.Part(Explanation.LEVEL, 1.25),
                      new Explanation.Part(Explanation.RECENT, -0.25),
                      new Explanation.Part("größe", 0.5))))
          .build();

  public static final Forecast BARE =
      TestForecast.of("s", 5_000, 1, 2, 3)
          .seqLen(1)
          .mode(Mode.MANY_TO_MANY)
          .status(Status.WARMUP)
          .build();

  private final ForecastCodec codec = new ForecastCodec();

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    assertThat(codec.decode(codec.encode(FULL))).isEqualTo(FULL);
    assertThat(codec.decode(codec.encode(BARE))).isEqualTo(BARE);
  }

  @Test
  void jsonHoldsTheSameAndIsRead() throws Exception {
    assertThat(new String(codec.toJson(FULL), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"series":"pump-7","origin":"1970-01-01T00:00:05Z",\
            "window_start":"1970-01-01T00:00:01Z","seq_len":5,"mode":"many-to-one","steps":[\
            {"time":"1970-01-01T00:00:06Z","value":1.5,"mean":1.75,"lower":1.0,"upper":2.0,\
            "intervals":[{"level":0.95,"lower":0.0,"upper":3.0}]},\
            {"time":"1970-01-01T00:00:07Z","value":2.5,"mean":2.25,"lower":2.0,"upper":3.0,\
            "intervals":[{"level":0.95,"lower":1.0,"upper":4.0}]}],"level":0.8,"model":"pumps",\
            "model_version":7,"learning_steps":99,"status":"OK","covariates_missing":3,"explanation":[\
            {"name":"level","amount":1.25},{"name":"recent","amount":-0.25},\
            {"name":"größe","amount":0.5}]}""");
    assertThat(codec.decode(codec.toJson(FULL))).isEqualTo(FULL);
    assertThat(codec.decode(codec.toJson(BARE))).isEqualTo(BARE);
    assertThat(new String(codec.toJson(BARE), StandardCharsets.UTF_8))
        .contains(
            "{\"time\":null,\"value\":1.0,\"mean\":1.0,\"lower\":null,\"upper\":null,\"intervals\":[]}")
        .endsWith(",\"explanation\":null}");
  }

  @Test
  void jsonWithoutOptionalFieldsIsReadAndOtherJsonIsNamed() throws Exception {
    String whole = new String(codec.toJson(BARE), StandardCharsets.UTF_8);
    String less =
        whole
            .replace(",\"lower\":null,\"upper\":null,\"intervals\":[]", "")
            .replace("\"level\":null,", "")
            .replace(",\"explanation\":null", "")
            .replace("\"learning_steps\":0,", "");
    assertThat(codec.decode(less.getBytes(StandardCharsets.UTF_8))).isEqualTo(BARE);
    String counted = whole.replace("\"1970-01-01T00:00:05Z\"", "1769860800000");
    assertThat(codec.decode(counted.getBytes(StandardCharsets.UTF_8)).origin())
        .isEqualTo(1_769_860_800_000L);
    assertWrong(whole.replace("\"series\":\"s\",", ""), "series: expected a value, got nothing");
    assertWrong(whole.replace("\"s\"", "7"), "series: expected a text, got 7");
    assertWrong(
        whole.replace(":1.0,", ":\"1.0\","), "value: expected a number or null, got \"1.0\"");
    assertWrong(whole.replace("\"seq_len\":1", "\"seq_len\":1.5"), "seq_len: expected a whole");
    assertWrong(whole.replace("1970-01-01T00:00:05Z", "soon"), "origin: expected a time such as");
    assertWrong(whole.replace("many-to-many", "many"), "forecast: mode: expected many-to-one or");
    assertWrong(whole + "x", "Forecast: expected a JSON object, got ");
    assertWrong(
        "{",
        "Forecast: expected a JSON object, got Unexpected end-of-input: expected close marker");
    assertWrong(
        "{\"value\": NaN}",
        "Forecast: expected a JSON object, got Non-standard token 'NaN' (line 1, column 14)");
  }

  private void assertWrong(String json, String message) {
    assertThatThrownBy(() -> codec.decode(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericDatumReader<GenericRecord> reader =
        new GenericDatumReader<>(dev.weir.kafka.avro.Forecast.getClassSchema());
    GenericRecord full =
        reader.read(null, DecoderFactory.get().binaryDecoder(codec.encode(FULL), null));
    assertThat(full.get("series").toString()).isEqualTo("pump-7");
    assertThat(full.get("origin")).isEqualTo(5_000L);
    assertThat(full.get("window_start")).isEqualTo(1_000L);
    assertThat(full.get("seq_len")).isEqualTo(5);
    assertThat(full.get("mode").toString()).isEqualTo("many-to-one");
    GenericRecord second = (GenericRecord) ((List<?>) full.get("steps")).get(1);
    assertThat(second.get("time")).isEqualTo(7_000L);
    assertThat(second.get("value")).isEqualTo(2.5);
    assertThat(second.get("mean")).isEqualTo(2.25);
    assertThat(second.get("lower")).isEqualTo(2.0);
    assertThat(second.get("upper")).isEqualTo(3.0);
    assertThat(full.get("level")).isEqualTo(0.8);
    assertThat(full.get("model").toString()).isEqualTo("pumps");
    assertThat(full.get("model_version")).isEqualTo(7L);
    assertThat(full.get("learning_steps")).isEqualTo(99L);
    assertThat(full.get("status").toString()).isEqualTo("OK");
    assertThat(full.get("covariates_missing")).isEqualTo(3);
    GenericRecord bare =
        reader.read(null, DecoderFactory.get().binaryDecoder(codec.encode(BARE), null));
    assertThat(bare.get("level")).isNull();
    assertThat(((GenericRecord) ((List<?>) bare.get("steps")).get(0)).get("time")).isNull();
  }

  @Test
  void eachTruncationIsRefused() throws Exception {
    byte[] bytes = codec.encode(FULL);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(MalformedRecordException.class);
    }
  }
}
