package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

public class IncidentCodecTest {

  public static final Incident INCIDENT = named("pumpe-ß");

  /** Of a value without a forecast, in a series that was dropped. */
  public static final Incident BARE =
      new Incident(
          "",
          Incident.id("", -1),
          Event.CLOSED,
          5,
          -1,
          5,
          2,
          new Incident.Worst(-1, 1e300, Double.NaN, Double.NaN, 2.6),
          Reason.BREAK,
          Severity.LOW,
          List.of(),
          "",
          -1,
          null);

  /** A warning that has come true. */
  public static final Incident WARNING =
      new Incident(
          "pump-7",
          Incident.id("pump-7", 60_000, 90, true, 4),
          Event.CLOSED,
          240_000,
          60_000,
          180_000,
          3,
          new Incident.Worst(120_000, 86.5, 91.25, Double.NaN, 0),
          Reason.THRESHOLD,
          Severity.HIGH,
          List.of(new Incident.Value(240_000, 92)),
          "",
          -1,
          new Incident.Warning(90, true, 4, 0.875, 300_000L, Incident.Outcome.CROSSED));

  /** One that is open, of a series whose spacing is not known. */
  public static final Incident OPEN_WARNING =
      new Incident(
          "pump-7",
          Incident.id("pump-7", 60_000, -1.5, false, 12),
          Event.OPENED,
          60_000,
          60_000,
          60_000,
          1,
          new Incident.Worst(60_000, 0.5, -2, Double.NaN, 0),
          Reason.THRESHOLD,
          Severity.MEDIUM,
          List.of(),
          "",
          -1,
          new Incident.Warning(-1.5, false, 12, 0.8, null, null));

  private final IncidentCodec codec = new IncidentCodec();

  /** One that is open, of a series. */
  static Incident named(String series) {
    return new Incident(
        series,
        Incident.id(series, 60_000),
        Event.UPDATED,
        240_000,
        60_000,
        180_000,
        3,
        new Incident.Worst(120_000, 9.25, 3.5, 5.75, 4.5),
        Reason.DRIFT,
        Severity.HIGH,
        List.of(new Incident.Value(180_000, 7), new Incident.Value(240_000, -0.5)),
        "demand",
        17,
        null);
  }

  @Test
  void warningsAreEncodedAndDecoded() throws Exception {
    for (Incident warning : List.of(WARNING, OPEN_WARNING)) {
      assertThat(codec.decode(codec.encode(warning))).isEqualTo(warning);
      assertThat(codec.decode(codec.toJson(warning))).isEqualTo(warning);
    }
    JsonNode threshold = new ObjectMapper().readTree(codec.toJson(WARNING)).get("threshold");
    assertThat(threshold.get("limit").doubleValue()).isEqualTo(90);
    assertThat(threshold.get("direction").textValue()).isEqualTo("above");
    assertThat(threshold.get("crossing_time").textValue()).isEqualTo("1970-01-01T00:05:00Z");
    assertThat(threshold.get("outcome").textValue()).isEqualTo("crossed");
    byte[] other =
        new String(codec.toJson(WARNING), StandardCharsets.UTF_8)
            .replace("above", "beside")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> codec.decode(other)).hasMessageContaining("direction: expected above");
  }

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    assertThat(codec.decode(codec.encode(INCIDENT))).isEqualTo(INCIDENT);
    assertThat(codec.decode(codec.encode(BARE))).isEqualTo(BARE);
  }

  @Test
  void jsonHoldsTheSameAndIsRead() throws Exception {
    assertThat(codec.decode(codec.toJson(INCIDENT))).isEqualTo(INCIDENT);
    assertThat(codec.decode(codec.toJson(BARE))).isEqualTo(BARE);
    JsonNode json = new ObjectMapper().readTree(codec.toJson(INCIDENT));
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .isEqualTo(IncidentCodec.SCHEMA.getFields().stream().map(f -> f.name()).toList());
    assertThat(json.get("start").textValue()).isEqualTo("1970-01-01T00:01:00Z");
    assertThat(json.get("duration_millis").longValue()).isEqualTo(120_000);
    assertThat(json.get("severity").textValue()).isEqualTo("high");
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(dev.weir.kafka.avro.Incident.getClassSchema())
            .read(null, DecoderFactory.get().binaryDecoder(codec.encode(INCIDENT), null));
    assertThat(record.get("series").toString()).isEqualTo("pumpe-ß");
    assertThat(record.get("event").toString()).isEqualTo("UPDATED");
    assertThat(record.get("worst_value")).isEqualTo(9.25);
    assertThat(record.get("expected")).isEqualTo(3.5);
    GenericRecord second = (GenericRecord) ((List<?>) record.get("newest")).get(1);
    assertThat(second.get("value")).isEqualTo(-0.5);
    assertThat(record.get("model_version")).isEqualTo(17L);
  }

  @Test
  void eachTruncationIsRefused() throws Exception {
    byte[] bytes = codec.encode(INCIDENT);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(MalformedRecordException.class);
    }
    byte[] other =
        new String(codec.toJson(INCIDENT), StandardCharsets.UTF_8)
            .replace("UPDATED", "MOVED")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> codec.decode(other)).hasMessageContaining("incident: ");
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
            ObservationTopics.of("o"), "f", "s", "d", "m", null, "a", null, isJson, null, null);
    OutputRecords records = new OutputRecords(topics, 1 << 20, registry);
    records.open(null, null);
    return records.serialize(INCIDENT, null, null);
  }

  @Test
  void sinkWritesTopicKeyTimestampAndSchema() throws Exception {
    ProducerRecord<byte[], byte[]> plain = written(false, null);
    assertThat(plain.topic()).isEqualTo("a");
    assertThat(new String(plain.key(), StandardCharsets.UTF_8)).isEqualTo("pumpe-ß");
    assertThat(plain.timestamp()).isEqualTo(240_000);
    assertThat(plain.headers().lastHeader("weir-schema").value())
        .isEqualTo(WriterSchemas.fingerprint(IncidentCodec.SCHEMA));
    assertThat(plain.value()).isEqualTo(codec.encode(INCIDENT));
    assertThat(written(true, null).value()).isEqualTo(codec.toJson(INCIDENT));
    RegistrySettings registry =
        new RegistrySettings("http://nowhere", Map.of(), Duration.ZERO, 3, 4, 259, Map.of());
    ProducerRecord<byte[], byte[]> framed = written(false, registry);
    assertThat(framed.value()).startsWith(0, 0, 0, 1, 3).endsWith(plain.value());
    assertThat(framed.headers()).isEmpty();
  }
}
