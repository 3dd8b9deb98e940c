package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Allocations;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records behind the id of their schema, byte by byte and from writers of other schemas. */
class RegisteredRecordsTest {

  private static final long TIME = 1_767_225_600_000L;

  /** With no request ever: the ids are those that a job knows from its start. */
  static RegistrySettings knowing(Map<Integer, String> writers) {
    return new RegistrySettings("http://nowhere", Map.of(), Duration.ZERO, 258, 3, 70_000, writers);
  }

  static Schema schema(String fields) {
    return new Schema.Parser()
        .parse("{\"type\": \"record\", \"name\": \"sensor\", \"fields\": [%s]}".formatted(fields));
  }

  private static InputEvent arrival(RegistrySettings registry, byte... value) {
    ObservationDeserializer deserializer =
        new ObservationDeserializer(null, Duration.ofDays(1), registry, null);
    deserializer.open(null);
    List<InputEvent> arrivals = new ArrayList<>();
    deserializer.deserialize(
        new ConsumerRecord<>("observations", 2, 33, null, value), new ListCollector<>(arrivals));
    return arrivals.get(0);
  }

  private static Observation read(Schema writer, byte[] avro) {
    InputEvent arrival = arrival(knowing(Map.of(6, writer.toString())), framed(6, avro));
    assertThat(arrival).isInstanceOf(ObservationEvent.class);
    return ((ObservationEvent) arrival).observation();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] avro(Schema schema, Object... values) throws Exception {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < values.length; i++) {
      record.put(i, values[i]);
    }
    return AvroEncoded.bytes(record);
  }

  // ---- in

  @Test
  void anObservationIsReadFromBytesWrittenByHand() {
    byte[] value =
        hex(
            "00 00000102" // magic, id 258
                + "0270" // a string of one byte, "p"
                + "06" // time 3: zig-zag
                + "000000000000f83f" // 1.5, little-endian
                + "02 0000000000000040 00"); // one feature, 2.0, and the end
    InputEvent arrival = arrival(knowing(Map.of(258, WriterSchemas.OBSERVATION.toString())), value);
    assertThat(((ObservationEvent) arrival).observation())
        .isEqualTo(new Observation("p", 3, 1.5, new double[] {2}));
  }

  @Test
  void unknownFieldsAreSkippedAndFieldsMayHaveAnyOrder() throws Exception {
    Schema writer =
        schema(
            """
            {"name": "unit", "type": ["null", "string"]},
            {"name": "value", "type": "float"},
            {"name": "tags", "type": {"type": "map", "values": "int"}},
            {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "series", "type": "string"}
            """);
    assertThat(read(writer, avro(writer, "bar", 2.5f, Map.of("a", 1), TIME, "größe")))
        .isEqualTo(new Observation("größe", TIME, 2.5));
  }

  @Test
  void aLabelIsReadWhereItHasOurType() throws Exception {
    String required =
        """
        {"name": "label", "type": %s},
        {"name": "series", "type": "string"},
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "value", "type": "double"}
        """;
    Schema ours = schema(required.formatted("[\"null\", \"string\"]"));
    assertThat(read(ours, avro(ours, "läuft", "p", TIME, 2.5)))
        .isEqualTo(new Observation("p", TIME, 2.5, Observation.NO_FEATURES, "läuft"));
    for (String label : new String[] {null, "x".repeat(201)}) {
      assertThat(read(ours, avro(ours, label, "p", TIME, 2.5)))
          .isEqualTo(new Observation("p", TIME, 2.5));
    }
    Schema text = schema(required.formatted("\"string\""));
    assertThat(read(text, avro(text, "", "p", TIME, 2.5)))
        .isEqualTo(new Observation("p", TIME, 2.5));
    Schema others = schema(required.formatted("[\"null\", \"long\"]"));
    assertThat(read(others, avro(others, 7L, "p", TIME, 2.5)))
        .isEqualTo(new Observation("p", TIME, 2.5));
  }

  /** A column of Flink SQL is nullable unless told otherwise. */
  @Test
  void nullableFieldsAreReadAndANullIsADeadLetter() throws Exception {
    Schema writer =
        schema(
            """
            {"name": "series", "type": ["null", "string"]},
            {"name": "time", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
            {"name": "value", "type": ["null", "double"]}
            """);
    assertThat(read(writer, avro(writer, "p", TIME, 2.5)))
        .isEqualTo(new Observation("p", TIME, 2.5));

    byte[] value = framed(0, avro(writer, "p", TIME, null));
    DeadLetter letter = (DeadLetter) arrival(knowing(Map.of(0, writer.toString())), value);
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.message()).startsWith("observation: Found null, expecting double");
    assertThat(letter.source().value()).isSameAs(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name': 'series', 'type': 'string'} | READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1:"
            + " time",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': 'string'}, {'name':"
            + " 'value', 'type': 'double'} | TYPE_MISMATCH at /fields/1/type: ",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': {'type': 'long',"
            + " 'logicalType': 'timestamp-micros'}}, {'name': 'value', 'type': 'double'} | time:"
            + " expected timestamp-millis, got timestamp-micros",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['null', {'type': 'long',"
            + " 'logicalType': 'timestamp-nanos'}]}, {'name': 'value', 'type': 'double'} | time:"
            + " expected timestamp-millis, got timestamp-nanos",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['null', {'type': 'int',"
            + " 'logicalType': 'date'}]}, {'name': 'value', 'type': 'double'} | time: expected"
            + " timestamp-millis, got date",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['long', {'type': 'int',"
            + " 'logicalType': 'time-millis'}]}, {'name': 'value', 'type': 'double'} | time:"
            + " expected timestamp-millis, got time-millis",
      })
  void aSchemaOfSomethingElseIsADeadLetterWithTheReason(String fields, String words) {
    Schema writer = schema(fields.replace('\'', '"'));
    assertThatThrownBy(() -> ObservationReader.of(writer))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageStartingWith("schema sensor: ")
        .hasMessageContaining(words);
  }

  /** Avro skips a field that is not ours by the size that its blocks claim. */
  @ParameterizedTest
  @CsvSource({
    // one item, a string of 7 bytes, and a size of 2: a skip would end in the string, before a
    // series of 2^31 - 9 bytes
    "'array', 'items', 01 04 0e7800eeffffff0f 0000000000000000000000, 8",
    "'map', 'values', 01 04 0e7800eeffffff0f 000000000000000000000000, 9",
    // two items in four bytes, as claimed
    "'array', 'items', 03 08 0278 0279 00 0270 06 000000000000f83f, 0",
  })
  void blockOfAWrongSizeIsADeadLetter(String type, String items, String hex, int size)
      throws Exception {
    Schema writer =
        schema(
            """
            {"name": "tags", "type": {"type": "%s", "%s": "string"}},
            {"name": "series", "type": "string"},
            {"name": "time", "type": "long"},
            {"name": "value", "type": "double"}
            """
                .formatted(type, items));
    InputEvent arrival = arrival(knowing(Map.of(6, writer.toString())), framed(6, hex(hex)));
    if (size == 0) {
      assertThat(((ObservationEvent) arrival).observation())
          .isEqualTo(new Observation("p", 3, 1.5));
      return;
    }
    assertThat(((DeadLetter) arrival).message())
        .startsWith("%s at byte ".formatted(type))
        .contains("expected a block of 2 bytes, got " + size);
  }

  @Test
  void ourNameDoesNotMakeMicrosecondsMilliseconds() {
    String micros =
        WriterSchemas.OBSERVATION.toString().replace("timestamp-millis", "timestamp-micros");
    assertThatThrownBy(() -> ObservationReader.of(new Schema.Parser().parse(micros)))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageEndingWith("time: expected timestamp-millis, got timestamp-micros");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | got no byte",
        "00 00 00 01 | got 4 bytes in all",
        "02 70 06 00 00 | got byte 2 first; is it plain Avro",
        "01 00 00 01 02 02 70 | got byte 1 first",
      })
  void bytesWithoutAnIdAreADeadLetter(String bytes, String words) {
    byte[] value = hex(bytes);
    DeadLetter letter = (DeadLetter) arrival(knowing(Map.of()), value);
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.message()).startsWith("schema id: expected byte 0").contains(words);
    assertThat(letter.source().value()).isSameAs(value);
  }

  @Test
  void deadLetterOfAnAbsentRegistryKeepsItsBytes() {
    byte[] value = {0, 0, 0, 0, 9, 2, 'p'};
    DeadLetter letter = (DeadLetter) arrival(knowing(Map.of()), value);
    assertThat(letter.reason()).isEqualTo(Reason.SCHEMA);
    assertThat(letter.message())
        .startsWith("schema id 9: expected an answer of the schema registry at http://nowhere");
    ProducerRecord<byte[], byte[]> record = written(letter, knowing(Map.of()));
    assertThat(record.topic()).isEqualTo("d");
    assertThat(record.value()).isEqualTo(value);
  }

  @Test
  void theReaderOfPlainAvroSaysWhatAnIdLooksLike() {
    DeadLetter letter =
        (DeadLetter)
            arrival(null, new byte[] {0, 0, 0, 0, 9, 2, 'p', 6, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.message()).endsWith("is it kafka.format: avro-confluent?");
  }

  @Test
  void readingAForeignSchemaAllocatesLittleBesidesTheObservation() throws Exception {
    Schema writer =
        schema(
            """
            {"name": "unit", "type": ["null", "string"]},
            {"name": "series", "type": "string"},
            {"name": "time", "type": "long"},
            {"name": "value", "type": "double"}
            """);
    byte[] value = framed(0, avro(writer, "bar", "pump-7", TIME, 2.5));
    ObservationCodec codec = new ObservationCodec(knowing(Map.of(0, writer.toString())), -1);
    int calls = 20_000;
    Observation[] kept = new Observation[1];
    Allocations.assertAtMostOnceWarm(
        calls,
        256,
        () -> {
          for (int i = 0; i < calls; i++) {
            try {
              kept[0] = codec.decode(value, null);
            } catch (MalformedRecordException e) {
              throw new AssertionError(e);
            }
          }
        });
    assertThat(kept[0]).isEqualTo(new Observation("pump-7", TIME, 2.5));
  }

  // ---- out

  private static ProducerRecord<byte[], byte[]> written(Output output, RegistrySettings registry) {
    OutputRecords records =
        new OutputRecords(
            SampleRecords.kafka(new KafkaSettings.Topics("o", "f", "s", "d", "m"), registry));
    records.open(null, null);
    return records.serialize(output, null, null);
  }

  /** And needs no secret of the registry. */
  @Test
  void sinkWritesTheIdThenPlainBytesWithoutTheHeader() {
    RegistrySettings registry =
        new RegistrySettings(
            "http://nowhere",
            Map.of("basic.auth.user.info", "${env:WEIR_NOT_SET_AT_ALL}"),
            Duration.ZERO,
            258,
            3,
            70_000,
            Map.of());
    ProducerRecord<byte[], byte[]> plain = written(SampleRecords.FORECAST, null);
    ProducerRecord<byte[], byte[]> framed = written(SampleRecords.FORECAST, registry);
    assertThat(framed.value()).startsWith(0, 0, 0, 1, 2).endsWith(plain.value());
    assertThat(framed.value()).hasSize(5 + plain.value().length);
    assertThat(framed.key()).isEqualTo(plain.key());
    assertThat(framed.topic()).isEqualTo("f");
    assertThat(framed.timestamp()).isEqualTo(plain.timestamp());
    assertThat(plain.headers().lastHeader("weir-schema")).isNotNull();
    assertThat(framed.headers()).isEmpty();

    byte[] score = written(SampleRecords.SCORE, registry).value();
    assertThat(score)
        .startsWith(0, 0, 0, 0, 3)
        .endsWith(written(SampleRecords.SCORE, null).value());
  }

  @Test
  void forecastsAndScoresAreReadBackAlsoFromANewerWriter() throws Exception {
    Schema newer =
        new Schema.Parser()
            .parse(
                ForecastCodec.SCHEMA
                    .toString()
                    .replace(
                        "\"fields\":[{\"name\":\"series\"",
                        "\"fields\":[{\"name\":\"run\",\"type\":\"long\"},{\"name\":\"series\""));
    RegistrySettings registry =
        knowing(
            Map.of(
                258, ForecastCodec.SCHEMA.toString(),
                3, ScoreCodec.SCHEMA.toString(),
                300, newer.toString()));
    ForecastCodec codec = new ForecastCodec(registry);
    byte[] bytes = codec.encode(SampleRecords.FORECAST);
    assertThat(codec.decode(bytes)).isEqualTo(SampleRecords.FORECAST);
    ScoreCodec scores = new ScoreCodec(registry);
    assertThat(scores.decode(scores.encode(SampleRecords.SCORE))).isEqualTo(SampleRecords.SCORE);

    byte[] ofNewer = new byte[bytes.length - 5 + 1];
    System.arraycopy(bytes, 5, ofNewer, 1, bytes.length - 5);
    ofNewer[0] = 14; // run 7
    assertThat(codec.decode(framed(300, ofNewer))).isEqualTo(SampleRecords.FORECAST);
    assertThatThrownBy(() -> codec.decode(new ForecastCodec().encode(SampleRecords.FORECAST)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("is it plain Avro");
  }

  @Test
  void aCodecWhoseSchemaIsNotRegisteredWritesNothing() {
    RegistrySettings registry = RegistrySettings.of("http://nowhere", Map.of(), Duration.ZERO);
    assertThatThrownBy(() -> new ForecastCodec(registry).encode(SampleRecords.FORECAST))
        .isInstanceOf(IllegalStateException.class);
  }

  static byte[] framed(int id, byte[] avro) {
    return ByteBuffer.allocate(5 + avro.length).putInt(1, id).put(5, avro).array();
  }
}
