package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Score;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of series as Avro and as JSON, of each kind. */
class RecordCodecTest {

  /** A codec, its schema, and records; the first has all fields. */
  private record Kind<T>(RecordCodec<T, ?> codec, Schema schema, List<T> samples) {
    @Override
    public String toString() {
      return schema.getName();
    }
  }

  private static Stream<Kind<?>> kinds() {
    return Stream.of(
        new Kind<>(
            new ForecastCodec(),
            ForecastCodec.SCHEMA,
            List.of(SampleRecords.FORECAST, SampleRecords.BARE_FORECAST)),
        new Kind<>(
            new ScoreCodec(),
            ScoreCodec.SCHEMA,
            List.of(SampleRecords.SCORE, SampleRecords.BARE_SCORE)),
        new Kind<>(
            new IncidentCodec(),
            IncidentCodec.SCHEMA,
            List.of(
                SampleRecords.WARNING,
                SampleRecords.OPEN_WARNING,
                SampleRecords.INCIDENT,
                SampleRecords.BARE_INCIDENT)),
        new Kind<>(
            new ClassificationCodec(),
            ClassificationCodec.SCHEMA,
            List.of(SampleRecords.CLASSIFICATION, SampleRecords.UNKNOWN)));
  }

  private final ForecastCodec forecasts = new ForecastCodec();
  private final ScoreCodec scores = new ScoreCodec();
  private final IncidentCodec incidents = new IncidentCodec();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void bothFormatsKeepAllFields(Kind<T> kind) throws Exception {
    for (T sample : kind.samples()) {
      assertThat(kind.codec().decode(kind.codec().encode(sample))).isEqualTo(sample);
      assertThat(kind.codec().decode(kind.codec().toJson(sample))).isEqualTo(sample);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void anyAvroLibraryWithTheSchemaReadsAndWritesOurBytes(Kind<T> kind) throws Exception {
    for (T sample : kind.samples()) {
      byte[] bytes = kind.codec().encode(sample);
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(kind.schema())
              .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
      assertThat(AvroEncoded.bytes(record)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void jsonHasTheFieldsOfTheSchemaInTheirOrder(Kind<T> kind) throws Exception {
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(kind.codec().toJson(kind.samples().get(0)))
        .fieldNames()
        .forEachRemaining(names::add);
    assertThat(names)
        .isEqualTo(kind.schema().getFields().stream().map(Schema.Field::name).toList());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void cutBytesAreRefused(Kind<T> kind) {
    byte[] bytes = kind.codec().encode(kind.samples().get(0));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> kind.codec().decode(cut))
          .isInstanceOf(MalformedRecordException.class);
    }
    for (String json : List.of("{", "{\"series\": 1}")) {
      assertThatThrownBy(() -> kind.codec().decode(utf8(json)))
          .isInstanceOf(MalformedRecordException.class);
    }
  }

  @Test
  void fieldsAreThoseOfARecord() {
    assertThat(text(forecasts.toJson(SampleRecords.FORECAST)))
        .isEqualTo(
            """
            {"series":"pump-7","origin":"1970-01-01T00:00:05Z",\
            "window_start":"1970-01-01T00:00:01Z","seq_len":5,"mode":"many-to-one","steps":[\
            {"time":"1970-01-01T00:00:06Z","value":1.5,"mean":1.75,"lower":1.0,"upper":2.0,\
            "intervals":[{"level":0.95,"lower":0.0,"upper":3.0}]},\
            {"time":"1970-01-01T00:00:07Z","value":2.5,"mean":2.25,"lower":2.0,"upper":3.0,\
            "intervals":[{"level":0.95,"lower":1.0,"upper":4.0}]}],"level":0.8,"model":"pumps",\
            "model_version":7,"learning_steps":99,"status":"OK","covariates_missing":3,"explanation":[\
            {"name":"level","amount":1.25},{"name":"shift","amount":-0.25},\
            {"name":"größe","amount":0.5}]}""");
    assertThat(text(forecasts.toJson(SampleRecords.BARE_FORECAST)))
        .contains(
            "{\"time\":null,\"value\":1.0,\"mean\":1.0,\"lower\":null,\"upper\":null,\"intervals\":[]}")
        .endsWith(",\"explanation\":null}");
    assertThat(text(new ClassificationCodec().toJson(SampleRecords.CLASSIFICATION)))
        .isEqualTo(
            """
            {"series":"größe-7","window_start":"2023-11-14T22:13:20Z",\
            "window_end":"2023-11-14T22:14:20Z","steps":5,"label":"läuft","probability":0.625,\
            "classes":[{"label":"steht","probability":0.25},{"label":"läuft","probability":0.625},\
            {"label":"defekt","probability":0.125}],"model":"states","model_version":7,\
            "labels":40,"accuracy":0.875,"log_loss":0.5,"status":"OK"}""");
    assertThat(text(scores.toJson(SampleRecords.SCORE)))
        .isEqualTo(
            """
            {"series":"pump-7","time":"1970-01-01T00:00:05Z","mode":"many-to-many","value":1.5,\
            "scored":12,"errors":[1.0,2.0,4.0],"mae":2.3333333333333335,"mase":0.6,"level":0.8,\
            "coverage":0.79,"methods":[{"name":"naive","mae":3.0,"share":0.0},\
            {"name":"expert:analogs","mae":2.0,"share":0.25},\
            {"name":"outside:lear","mae":2.5,"share":0.125}],"distribution_score":{"scored":11,\
            "steps":[1,2,3],"crps":2.5,"crps_by_step":[1.5,2.0,4.0],"quantiles":[\
            {"quantile":0.1,"loss":0.5,"loss_by_step":[0.25,0.5,0.75]},\
            {"quantile":0.5,"loss":1.0,"loss_by_step":[0.5,1.0,1.5]},\
            {"quantile":0.9,"loss":0.75,"loss_by_step":[0.5,0.75,1.0]}],"intervals":[\
            {"level":0.8,"score":12.5,"score_by_step":[7.5,12.5,17.5]}]}}""");
    assertThat(text(incidents.toJson(SampleRecords.INCIDENT)))
        .isEqualTo(
            """
            {"series":"pumpe-ß","id":"59521e49-4add-3132-8348-6fe27ca2fee4","event":"UPDATED",\
            "time":"1970-01-01T00:04:00Z","start":"1970-01-01T00:01:00Z",\
            "end":"1970-01-01T00:03:00Z","duration_millis":120000,"values":3,"reason":"drift",\
            "severity":"high","surprise":4.5,"worst_time":"1970-01-01T00:02:00Z",\
            "worst_value":9.25,"expected":3.5,"error":5.75,"newest":[\
            {"time":"1970-01-01T00:03:00Z","value":7.0},\
            {"time":"1970-01-01T00:04:00Z","value":-0.5}],"model":"demand","model_version":17,\
            "threshold":null}""");
    assertThat(text(incidents.toJson(SampleRecords.WARNING)))
        .endsWith(
            """
            "threshold":{"limit":90.0,"direction":"above","within":4,"probability":0.875,\
            "crossing_time":"1970-01-01T00:05:00Z","outcome":"crossed"}}""");
  }

  @Test
  void jsonWithoutOptionalFieldsIsReadAndOtherJsonIsNamed() throws Exception {
    String whole = text(forecasts.toJson(SampleRecords.BARE_FORECAST));
    String less =
        whole
            .replace(",\"lower\":null,\"upper\":null,\"intervals\":[]", "")
            .replace("\"level\":null,", "")
            .replace(",\"explanation\":null", "")
            .replace("\"learning_steps\":0,", "");
    assertThat(forecasts.decode(utf8(less))).isEqualTo(SampleRecords.BARE_FORECAST);
    String counted = whole.replace("\"1970-01-01T00:00:05Z\"", "1769860800000");
    assertThat(forecasts.decode(utf8(counted)).origin()).isEqualTo(1_769_860_800_000L);
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
    assertThatThrownBy(() -> forecasts.decode(utf8(json)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void wrongWordOfAnIncidentIsNamed() {
    String warning = text(incidents.toJson(SampleRecords.WARNING));
    assertThatThrownBy(() -> incidents.decode(utf8(warning.replace("above", "beside"))))
        .hasMessageContaining("direction: expected above");
    assertThatThrownBy(() -> incidents.decode(utf8(warning.replace("CLOSED", "MOVED"))))
        .hasMessageContaining("incident: ");
  }

  @Test
  void printedScoreIsOne() throws Exception {
    String page = Files.readString(Path.of("docs/topics.md"));
    Matcher block = Pattern.compile("```\n(\\{\"series.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).isTrue();
    byte[] printed = block.group(1).getBytes(StandardCharsets.UTF_8);
    Score score = scores.decode(printed);
    assertThat(score.distribution().intervals().get(0).score()).isEqualTo(7.5);
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(scores.toJson(score))).isEqualTo(mapper.readTree(printed));
  }

  /**
   * The id is a version 3 UUID of series, a line feed, start; this one is Python's uuid and md5.
   */
  @Test
  void idFollowsFromSeriesAndStart() {
    assertThat(Incident.id("pump-7", 60_000)).isEqualTo("66e728c4-1f2b-37f6-8c9d-0d444789cd4a");
  }

  private static ProducerRecord<byte[], byte[]> written(boolean isJson, RegistrySettings registry) {
    Topics topics =
        new Topics(
            ObservationTopics.of("o"),
            "f",
            "s",
            "d",
            "m",
            null,
            "a",
            null,
            isJson,
            "job",
            null,
            null);
    OutputRecords records = new OutputRecords(SampleRecords.kafka(topics, registry));
    records.open(null, null);
    return records.serialize(SampleRecords.INCIDENT, null, null);
  }

  @Test
  void sinkWritesTopicKeyTimestampAndSchema() throws Exception {
    ProducerRecord<byte[], byte[]> plain = written(false, null);
    assertThat(plain.topic()).isEqualTo("a");
    assertThat(new String(plain.key(), StandardCharsets.UTF_8)).isEqualTo("pumpe-ß");
    assertThat(plain.timestamp()).isEqualTo(240_000);
    assertThat(plain.headers().lastHeader("weir-schema").value())
        .isEqualTo(WriterSchemas.fingerprint(IncidentCodec.SCHEMA));
    assertThat(plain.value()).isEqualTo(incidents.encode(SampleRecords.INCIDENT));
    assertThat(written(true, null).value()).isEqualTo(incidents.toJson(SampleRecords.INCIDENT));
    RegistrySettings registry =
        new RegistrySettings("http://nowhere", Map.of(), Duration.ZERO, 3, 4, 259, Map.of());
    ProducerRecord<byte[], byte[]> framed = written(false, registry);
    assertThat(framed.value()).startsWith(0, 0, 0, 1, 3).endsWith(plain.value());
    assertThat(framed.headers())
        .singleElement()
        .satisfies(h -> assertThat(h.key()).isEqualTo("__weir.job"));
  }
}
