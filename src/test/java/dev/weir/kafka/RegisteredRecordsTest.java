package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Allocations;
import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.Arrival;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Observed;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records behind the id of their schema, byte by byte and from writers of other schemas. */
class RegisteredRecordsTest {

  private static final long TIME = 1_767_225_600_000L;

  /** With no request ever: the ids are those that a job knows from its start. */
  private static RegistrySettings knowing(Map<Integer, String> writers) {
    return new RegistrySettings("http://nowhere", Map.of(), Duration.ZERO, 258, 3, writers);
  }

  private static Schema schema(String fields) {
    return new Schema.Parser()
        .parse("{\"type\": \"record\", \"name\": \"sensor\", \"fields\": [%s]}".formatted(fields));
  }

  private static Arrival arrival(RegistrySettings registry, byte... value) {
    ObservationDeserializer deserializer =
        new ObservationDeserializer(null, Duration.ofDays(1), registry);
    deserializer.open(null);
    List<Arrival> arrivals = new ArrayList<>();
    deserializer.deserialize(
        new ConsumerRecord<>("observations", 2, 33, null, value), new ListCollector<>(arrivals));
    return arrivals.get(0);
  }

  private static Observation read(Schema writer, byte[] avro) {
    Arrival arrival = arrival(knowing(Map.of(6, writer.toString())), framed(6, avro));
    assertThat(arrival).isInstanceOf(Observed.class);
    return ((Observed) arrival).observation();
  }

  private static byte[] avro(Schema schema, Object... values) throws Exception {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < values.length; i++) {
      record.put(i, values[i]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  // ---- in

  @Test
  void anObservationIsReadFromBytesWrittenByHand() {
    byte[] value = {
      0,
      0,
      0,
      1,
      2, // magic, id 258
      2,
      'p', // a string of one byte
      6, // time 3: zig-zag
      0,
      0,
      0,
      0,
      0,
      0,
      (byte) 0xf8,
      0x3f, // 1.5, little-endian
      2,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      (byte) 0x40,
      0 // one feature, 2.0, and the end
    };
    Arrival arrival = arrival(knowing(Map.of(258, WriterSchemas.OBSERVATION.toString())), value);
    assertThat(((Observed) arrival).observation())
        .isEqualTo(new Observation("p", 3, 1.5, new double[] {2}));
  }

  @Test
  void fieldsThatAreNotOursAreSkippedAndOursMayStandInAnyOrder() throws Exception {
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
        "{'name': 'series', 'type': 'string'} | READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1: time",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': 'string'}, {'name': 'value', 'type': 'double'} | TYPE_MISMATCH at /fields/1/type: ",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': {'type': 'long', 'logicalType': 'timestamp-micros'}}, {'name': 'value', 'type': 'double'} | time: expected timestamp-millis, got timestamp-micros",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['null', {'type': 'long', 'logicalType': 'timestamp-nanos'}]}, {'name': 'value', 'type': 'double'} | time: expected timestamp-millis, got timestamp-nanos",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['null', {'type': 'int', 'logicalType': 'date'}]}, {'name': 'value', 'type': 'double'} | time: expected timestamp-millis, got date",
        "{'name': 'series', 'type': 'string'}, {'name': 'time', 'type': ['long', {'type': 'int', 'logicalType': 'time-millis'}]}, {'name': 'value', 'type': 'double'} | time: expected timestamp-millis, got time-millis",
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
  @ValueSource(strings = {"'array', 'items'", "'map', 'values'"})
  void aBlockThatLiesAboutItsSizeLeadsNobodyToOtherBytes(String type) throws Exception {
    Schema writer =
        schema(
            """
            {"name": "tags", "type": {"type": %s: "string"}},
            {"name": "series", "type": "string"},
            {"name": "time", "type": "long"},
            {"name": "value", "type": "double"}
            """
                .formatted(type.replace('\'', '"')));
    boolean isMap = type.contains("map");
    // One item, a string of seven bytes, and a size of 2: who skips by the size finds the end of
    // the
    // blocks inside the string, and after it a series of 2^31 - 9 bytes.
    byte[] block = {1, 4, 14, 'x', 0, (byte) 0xee, -1, -1, -1, 15};
    byte[] rest = new byte[isMap ? 12 : 11]; // a map's value, the end, series, time and value
    byte[] lie = joined(block, rest);
    Arrival arrival = arrival(knowing(Map.of(6, writer.toString())), framed(6, lie));
    assertThat(arrival).isInstanceOf(DeadLetter.class);
    assertThat(((DeadLetter) arrival).message())
        .startsWith("%s at byte ".formatted(isMap ? "map" : "array"))
        .contains("expected a block of 2 bytes, got " + (isMap ? 9 : 8));
  }

  @Test
  void aBlockThatSaysItsSizeRightlyIsSkipped() throws Exception {
    Schema writer =
        schema(
            """
            {"name": "tags", "type": {"type": "array", "items": "string"}},
            {"name": "series", "type": "string"},
            {"name": "time", "type": "long"},
            {"name": "value", "type": "double"}
            """);
    byte[] tags = {3, 8, 2, 'x', 2, 'y', 0}; // two items in four bytes, and the end
    byte[] rest = {2, 'p', 6, 0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x3f};
    assertThat(read(writer, joined(tags, rest))).isEqualTo(new Observation("p", 3, 1.5));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void ourNameDoesNotMakeMicrosecondsMilliseconds() {
    Schema writer =
        new Schema.Parser()
            .parse(
                WriterSchemas.OBSERVATION
                    .toString()
                    .replace("\"timestamp-millis\"", "\"timestamp-micros\""));
    assertThatThrownBy(() -> ObservationReader.of(writer))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessage(
            "schema dev.weir.kafka.avro.Observation: time: expected timestamp-millis, got"
                + " timestamp-micros");
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
  void bytesWithoutAnIdAreADeadLetter(String hex, String words) {
    byte[] value = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    DeadLetter letter = (DeadLetter) arrival(knowing(Map.of()), value);
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.message()).startsWith("schema id: expected byte 0").contains(words);
    assertThat(letter.source().value()).isSameAs(value);
  }

  @Test
  void aRegistryThatDoesNotAnswerLeavesADeadLetterThatSaysSo() {
    DeadLetter letter = (DeadLetter) arrival(knowing(Map.of()), new byte[] {0, 0, 0, 0, 9, 2, 'p'});
    assertThat(letter.reason()).isEqualTo(Reason.SCHEMA);
    assertThat(letter.message())
        .startsWith("schema id 9: expected an answer of the schema registry at http://nowhere");
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
    ObservationCodec codec = new ObservationCodec(knowing(Map.of(0, writer.toString())));
    int calls = 20_000;
    Observation[] kept = new Observation[1];
    Allocations.assertAtMostOnceWarm(
        calls,
        256,
        () -> {
          for (int i = 0; i < calls; i++) {
            try {
              kept[0] = codec.decode(value, null);
            } catch (MalformedException e) {
              throw new AssertionError(e);
            }
          }
        });
    assertThat(kept[0]).isEqualTo(new Observation("pump-7", TIME, 2.5));
  }

  // ---- out

  private static final Forecast FORECAST =
      new Forecast(
          "pump-7",
          TIME,
          TIME - 240_000,
          5,
          Mode.MANY_TO_ONE,
          new long[] {TIME + 60_000, TIME + 120_000},
          new double[] {100.5, -1e300},
          List.of(new Interval(0.8, new double[] {1, 2}, new double[] {3, 4})),
          "demand",
          7,
          99,
          Forecast.Status.OK);

  private static final Score SCORE =
      new Score(
          "pump-7",
          TIME,
          Mode.MANY_TO_ONE,
          2.5,
          12,
          new double[] {0.5, 0.75},
          0.625,
          Double.NaN,
          0.8,
          0.75,
          List.of(new Score.Method("naive", 1.25, 0)));

  private static ProducerRecord<byte[], byte[]> written(Output output, RegistrySettings registry) {
    OutputRecords records =
        new OutputRecords(new KafkaSettings.Topics("o", "f", "s", "d", "m"), 1 << 20, registry);
    records.open(null, null);
    return records.serialize(output, null, null);
  }

  @Test
  void whatLeavesIsTheIdAndThenThePlainBytesWithoutTheHeader() throws Exception {
    RegistrySettings registry = knowing(Map.of());
    ProducerRecord<byte[], byte[]> plain = written(FORECAST, null);
    ProducerRecord<byte[], byte[]> framed = written(FORECAST, registry);
    assertThat(framed.value()).startsWith(0, 0, 0, 1, 2).endsWith(plain.value());
    assertThat(framed.value()).hasSize(5 + plain.value().length);
    assertThat(framed.key()).isEqualTo(plain.key());
    assertThat(framed.topic()).isEqualTo("f");
    assertThat(framed.timestamp()).isEqualTo(plain.timestamp());
    assertThat(plain.headers().lastHeader("weir-schema")).isNotNull();
    assertThat(framed.headers()).isEmpty();

    byte[] score = written(SCORE, registry).value();
    assertThat(score).startsWith(0, 0, 0, 0, 3).endsWith(written(SCORE, null).value());

    // and Avro's own reader, with the schema that the id stands for
    GenericRecord read =
        new GenericDatumReader<GenericRecord>(ForecastCodec.SCHEMA)
            .read(
                null,
                DecoderFactory.get()
                    .binaryDecoder(framed.value(), 5, framed.value().length - 5, null));
    assertThat(read.get("series")).hasToString("pump-7");
    assertThat(((List<?>) read.get("steps"))).hasSize(2);
  }

  @Test
  void aSinkWritesWithoutTheSecretsOfTheRegistry() {
    RegistrySettings registry =
        new RegistrySettings(
            "http://nowhere",
            Map.of("basic.auth.user.info", "${env:WEIR_NOT_SET_AT_ALL}"),
            Duration.ZERO,
            258,
            3,
            Map.of());
    assertThat(written(FORECAST, registry).value()).startsWith(0, 0, 0, 1, 2);
    assertThat(written(SCORE, registry).value()).startsWith(0, 0, 0, 0, 3);
  }

  @Test
  void aDeadLetterKeepsItsBytesAndHeadersWhateverTheFormat() {
    byte[] value = {0, 0, 0, 0, 9, 2, 'p'};
    ProducerRecord<byte[], byte[]> record =
        written((DeadLetter) arrival(knowing(Map.of()), value), knowing(Map.of()));
    assertThat(record.topic()).isEqualTo("d");
    assertThat(record.value()).isEqualTo(value);
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
    byte[] bytes = codec.encode(FORECAST);
    assertThat(codec.decode(bytes)).isEqualTo(FORECAST);
    ScoreCodec scores = new ScoreCodec(registry);
    assertThat(scores.decode(scores.encode(SCORE))).isEqualTo(SCORE);

    byte[] ofNewer = new byte[bytes.length + 1];
    System.arraycopy(bytes, 5, ofNewer, 6, bytes.length - 5);
    ofNewer[3] = 1;
    ofNewer[4] = 44; // 300
    ofNewer[5] = 14; // run 7
    assertThat(codec.decode(ofNewer)).isEqualTo(FORECAST);
    assertThatThrownBy(() -> codec.decode(new ForecastCodec().encode(FORECAST)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("is it plain Avro");
  }

  @Test
  void aCodecWhoseSchemaIsNotRegisteredWritesNothing() {
    RegistrySettings registry = RegistrySettings.of("http://nowhere", Map.of(), Duration.ZERO);
    assertThatThrownBy(() -> new ForecastCodec(registry).encode(FORECAST))
        .isInstanceOf(IllegalStateException.class);
  }

  // ---- hostile bytes

  @Test
  @Tag("fuzz")
  void anyBytesAreAnObservationOrADeadLetterAtSmallCost() throws Exception {
    Schema writer =
        schema(
            """
            {"name": "unit", "type": ["null", "string"]},
            {"name": "value", "type": ["null", "double"]},
            {"name": "tags", "type": {"type": "map", "values": ["int", "string"]}},
            {"name": "nothing", "type": {"type": "array", "items": "null"}},
            {"name": "time", "type": "long"},
            {"name": "series", "type": "string"},
            {"name": "features", "type": {"type": "array", "items": "float"}}
            """);
    ObservationDeserializer deserializer =
        new ObservationDeserializer(
            null,
            Duration.ofDays(1),
            knowing(Map.of(0, writer.toString(), 1, WriterSchemas.OBSERVATION.toString())));
    deserializer.open(null);
    byte[] foreign =
        avro(
            writer,
            "bar",
            2.5,
            Map.of("a", 1, "b", "c"),
            List.of(),
            TIME,
            "p",
            List.of(1f, 2f, 3f));
    List<byte[]> samples = new ArrayList<>();
    samples.add(framed(0, foreign));
    for (byte[] plain : ObservationFuzzTest.samples()) {
      samples.add(framed(1, plain));
    }
    Fuzzer fuzzer = new Fuzzer(20261126, samples);
    fuzzer.run(
        (bytes, random) -> {
          List<Arrival> arrivals = new ArrayList<>(1);
          deserializer.deserialize(
              new ConsumerRecord<>("observations", 2, 33, null, bytes),
              new ListCollector<>(arrivals));
          return arrivals.get(0) instanceof DeadLetter letter
              ? Outcome.refused(letter.message())
              : Outcome.taken(((Observed) arrivals.get(0)).observation().hashCode());
        },
        60_000,
        60);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isPositive();
  }

  private static byte[] framed(int id, byte[] avro) {
    byte[] value = new byte[5 + avro.length];
    value[4] = (byte) id;
    System.arraycopy(avro, 0, value, 5, avro.length);
    return value;
  }
}
