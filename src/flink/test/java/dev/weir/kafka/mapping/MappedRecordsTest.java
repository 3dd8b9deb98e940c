package dev.weir.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.kafka.codec.ObservationJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappedRecordsTest {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");
  private static final long TIMESTAMP = 1_767_225_600_000L; // 2026-01-01
  private static final double[] NONE = Observation.NO_FEATURES;

  /** From the section of a job file. */
  static ObservationMapping mapping(String section) {
    JobFile file = JobFile.parse("observations: {" + section + "}", "test.yaml", Map.of());
    try {
      return MappingOptions.mapping(file, RECORDS, MappingOptions.SECTION, MappingOptions.SERIES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MappedRecords records(String section) {
    MappedRecords records = new MappedRecords(mapping(section), null);
    records.open(MappedRecords.ALONE);
    return records;
  }

  private static SourceRecord source(String value) {
    return source(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  private static SourceRecord source(byte[] bytes) {
    byte[] key = "pump-1".getBytes(StandardCharsets.UTF_8);
    return new SourceRecord("sensors", 3, 4, TIMESTAMP, key, bytes);
  }

  private static List<InputEvent> events(String section, String value) {
    List<InputEvent> events = new ArrayList<>();
    records(section).read(source(value), events::add);
    return events;
  }

  private static List<Observation> observations(String section, String value) {
    List<Observation> observations = new ArrayList<>();
    for (InputEvent event : events(section, value)) {
      assertThat(event).isInstanceOf(ObservationEvent.class);
      observations.add(((ObservationEvent) event).observation());
    }
    return observations;
  }

  @Test
  void fieldsOfARecordBecomeSeries() {
    String section =
        "format: json, series: [site, device.id], time: ts, values: [temperature, humidity],"
            + " features: [outdoor.temperature]";
    String record =
        """
        {"site": "berlin", "device": {"id": 7}, "ts": 1767225600.25, "temperature": "21.5",
         "humidity": 0.4, "outdoor": {"temperature": -3}, "other": [1, {"x": null}]}
        """;
    assertThat(observations(section, record))
        .containsExactly(
            new Observation("berlin/7/temperature", TIMESTAMP + 250, 21.5, new double[] {-3}),
            new Observation("berlin/7/humidity", TIMESTAMP + 250, 0.4, new double[] {-3}));
  }

  @Test
  void keyTopicAndTextsNameASeriesAndTheRecordsTimestampIsItsTime() {
    assertThat(
            observations("format: json, series: ['=plant', key, topic], values: [v]", "{\"v\":1}"))
        .containsExactly(new Observation("plant/pump-1/sensors", TIMESTAMP, 1));
    assertThat(observations("format: json, values: [a.v]", "{\"a\":{\"v\":1}}"))
        .containsExactly(new Observation("pump-1", TIMESTAMP, 1));
    assertThat(observations("format: json, values: [a.v, b.v, c]", "{\"a\":{\"v\":1},\"c\":3}"))
        .containsExactly(
            new Observation("pump-1/a.v", TIMESTAMP, 1), new Observation("pump-1/c", TIMESTAMP, 3));
  }

  @Test
  void elementsOfArraysAreObservationsAndWhatIsAroundThemCounts() {
    String section =
        "format: json, each: 'sites[].readings', series: [name, $.name, sensor], values: [v], time: t";
    String record =
        """
        {"name": "plant", "t": "2026-01-01", "sites": [
          {"name": "a", "readings": [{"sensor": 1, "v": 1}, {"sensor": 2, "v": 2, "t": "2026-01-02"}]},
          null,
          {"readings": [{"sensor": 3, "v": 3, "name": "own"}]}]}
        """;
    assertThat(observations(section, record))
        .containsExactly(
            new Observation("a/plant/1", TIMESTAMP, 1),
            new Observation("a/plant/2", TIMESTAMP + 86_400_000, 2),
            new Observation("own/plant/3", TIMESTAMP, 3));
  }

  /** What {@code weir produce --format json} sends. */
  @Test
  void ownJsonIsRead() {
    ObservationJson json = new ObservationJson();
    Observation plain = new Observation("größe", TIMESTAMP + 5, 1.5);
    Observation marked = new Observation("p", TIMESTAMP, -2, new double[] {3, 4}, "läuft", true);
    String mapping = ObservationJson.MAPPING.replaceAll("observations: \\{|\\}", "");
    assertThat(observations(mapping, new String(json.encode(plain), StandardCharsets.UTF_8)))
        .containsExactly(plain);
    String all =
        mapping + ", features: [feature_1, feature_2], label: label, ends-window: ends_window";
    assertThat(observations(all, new String(json.encode(marked), StandardCharsets.UTF_8)))
        .containsExactly(marked);
  }

  @Test
  void columnsOfLinesHaveTheirOrder() {
    String section =
        "format: csv, format.options: {field-delimiter: ';'}, columns: [site, at, note, v, w],"
            + " series: [site], time: at, values: [v, w]";
    assertThat(observations(section, "berlin;2026-01-01;\"a;b\";1.5;2"))
        .containsExactly(
            new Observation("berlin/v", TIMESTAMP, 1.5), new Observation("berlin/w", TIMESTAMP, 2));
    List<InputEvent> wrong = events(section, "berlin;2026-01-01;x;hot;2");
    assertThat(wrong.get(0)).isInstanceOf(ObservationEvent.class);
    assertThat(((DeadLetter) wrong.get(1)).message()).isEqualTo("v: expected a number, got 'hot'");
    assertThat(observations(section, "berlin;2026-01-01;x;;2")) // nothing is no number
        .containsExactly(new Observation("berlin/w", TIMESTAMP, 2));
    List<InputEvent> few = events(section, "berlin;2026-01-01");
    assertThat(few).singleElement().isInstanceOf(DeadLetter.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: csv, columns: [a, b], series: [a], values: [c]"))
        .withMessage("expected fields of columns, got c");
  }

  /**
   * What events of a record are: series and value, or the message and the bytes of a dead letter.
   */
  private static List<String> shown(String section, String record) {
    return events(section, record).stream()
        .map(
            event ->
                event instanceof ObservationEvent observed
                    ? "%s %s"
                        .formatted(observed.observation().series(), observed.observation().value())
                    : "%s: %s"
                        .formatted(
                            ((DeadLetter) event).message().replaceAll("got: .* \\(", "got ("),
                            new String(
                                ((DeadLetter) event).source().value(), StandardCharsets.UTF_8)))
        .toList();
  }

  private static final String LINE = "format: json, series: [s], values: [v]";

  @Test
  void eachJsonLineOfARecordIsRead() {
    StringBuilder lines = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      lines.append("{\"s\":\"a%d\",\"v\":%d, \"x\":\"{[\\\"\"}\n".formatted(i % 7, i));
      expected.add("a%d %s".formatted(i % 7, (double) i));
    }
    assertThat(shown(LINE, lines.toString())).isEqualTo(expected);
    assertThat(shown(LINE, lines.toString().replace("\n", ""))).isEqualTo(expected);
    assertThat(shown(LINE, lines.toString().replace("\n", "\r\n\r\n"))).isEqualTo(expected);
    assertThat(shown(LINE, lines.toString().replace(",", "\n,\n  "))).isEqualTo(expected);
  }

  @Test
  void badJsonLineIsADeadLetterOfItsOwnBytes() {
    String a = "{\"s\":\"a\",\"v\":1}";
    String b = "{\"s\":\"b\",\"v\":2}";
    assertThat(shown(LINE, a + "garbage"))
        .containsExactly("a 1.0", "record: expected json, got (line 1): garbage");
    assertThat(shown(LINE, a + "\n{\"s\":\"x\",\"v\":\"hot\"}\n\n" + b))
        .containsExactly(
            "a 1.0",
            "v: expected a number, got 'hot' (line 2): {\"s\":\"x\",\"v\":\"hot\"}",
            "b 2.0");
    assertThat(shown(LINE, "{\"s\":\n" + a + "\n{\"s\":\"x\n" + b))
        .containsExactly(
            "record: expected json, got (line 1): {\"s\":\n",
            "a 1.0",
            "record: expected json, got (line 3): {\"s\":\"x\n",
            "b 2.0");
    assertThat(shown(LINE, "# log\n" + a + " ,\n" + b))
        .containsExactly(
            "record: expected json, got (line 1): # log\n",
            "a 1.0",
            "record: expected json, got (line 2): ,\n",
            "b 2.0");
    String nested = "{\n  \"x\": oops,\n  \"y\":\n    " + a + "\n}";
    assertThat(shown(LINE, nested)).singleElement().asString().endsWith(nested);
  }

  @Test
  void eachCsvRowOfARecordIsRead() {
    String section =
        "format: csv, format.options: {field-delimiter: ';'}, columns: [s, note, v],"
            + " series: [s], values: [v]";
    String rows =
        "a;\"x;\ny \"\"z\"\"\";1\nb;5\" pipe;2\r\n\nc;;\"3\"\nd;6\" pipe;hot\ne;\"x;4\nf;;5";
    assertThat(shown(section, rows))
        .containsExactly(
            "a 1.0",
            "b 2.0",
            "c 3.0",
            "v: expected a number, got 'hot' (line 6): d;6\" pipe;hot",
            "record: expected csv, got (line 7): e;\"x;4\n",
            "f 5.0");
    String tabs =
        "format: csv, format.options: {field-delimiter: '\\t', allow-comments: 'true',"
            + " escape-character: '\\'}, columns: [s, v], series: [s], values: [v]";
    assertThat(shown(tabs, "a\t1\n# b\t2\n\"c\\\"\n\"\t3")).containsExactly("a 1.0", "c\"\n 3.0");
  }

  @Test
  void changesOfSeveralLinesAreCounted() {
    String change = "{\"before\":null,\"after\":%s,\"op\":\"%s\"}\n";
    String row = "{\"d\":\"d\",\"v\":%d}";
    List<InputEvent> events = new ArrayList<>();
    int ignored =
        records("format: debezium-json, series: [d], values: [v]")
            .read(
                source(
                    change.formatted(row.formatted(1), "c")
                        + change.formatted("null", "d").replace("\"before\":null", "\"before\":{}")
                        + change.formatted(row.formatted(2), "c")),
                events::add);
    assertThat(ignored).isEqualTo(1);
    assertThat(events).hasSize(2);
  }

  @Test
  void recordOfTooManyLinesOrValuesIsOneDeadLetter() {
    List<InputEvent> lines = events(LINE, "{}\n".repeat(10_001));
    assertThat(((DeadLetter) lines.get(0)).message())
        .isEqualTo("record: expected at most 10,000 lines, got more");
    assertThat(lines).hasSize(1);
    assertThat(events(LINE, "[" + "{},".repeat(125_001) + "{}]"))
        .singleElement()
        .extracting(event -> ((DeadLetter) event).message())
        .isEqualTo("record: expected at most 250,000 values, got more");
  }

  @Test
  void windowsAreMarked() {
    String section = "format: json, values: [v], label: state, ends-window: done";
    assertThat(observations(section, "{\"v\":1,\"state\":\"ok\",\"done\":true}"))
        .containsExactly(new Observation("pump-1", TIMESTAMP, 1, NONE, "ok", true));
    assertThat(observations(section, "{\"v\":1,\"state\":\"\",\"done\":0}"))
        .containsExactly(new Observation("pump-1", TIMESTAMP, 1));
  }

  @Test
  void aBadElementIsADeadLetterBesideTheOthers() {
    String section = "format: json, each: readings, values: [v]";
    String record =
        "{\"readings\":[{\"v\":1},{\"v\":\"hot\"},{\"v\":2},{\"w\":3},{\"v\":\"cold\"}]}";
    List<InputEvent> events = events(section, record);
    assertThat(events).hasSize(3);
    DeadLetter letter = (DeadLetter) events.get(2);
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.FIELD);
    assertThat(letter.message()).isEqualTo("v: expected a number, got 'hot'");
    assertThat(letter.source()).isEqualTo(source(record));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"s\":\"a\",\"v\":1}|FIELD: t: expected a time such as",
        "{\"s\":\"a\",\"v\":1,\"t\":\"soon\"}|TIME: t: expected a time such as",
        "{\"s\":\"a\",\"v\":1,\"t\":20260131}|TIME: t: expected a time such as",
        "{\"s\":{},\"v\":1,\"t\":\"2026-01-01\"}|",
        "{\"s\":\"\",\"v\":1,\"t\":\"2026-01-01\"}|FIELD: s: expected a text, got null or nothing",
        "{\"v\":1,\"t\":\"2026-01-01\"}|FIELD: s: expected a text, got null or nothing",
        "{\"s\":\"a\",\"v\":null,\"t\":\"2026-01-01\"}|FIELD: v: expected a number, got null or nothing",
        "{\"s\":\"a\",\"v\":\"x\\ty\",\"t\":\"2026-01-01\"}|FIELD: v: expected a number, got 'x",
        "{\"s\":\"a\",\"v\":1,\"t\":|MALFORMED: record: expected json, got: Unexpected end-of-input",
        "[]|FIELD: record: expected observations, got none",
        "7|MALFORMED: record: expected json, got: ",
        "`null`|MALFORMED: record: expected json, got: "
      })
  void whatCanNotBeUsedIsADeadLetterThatSaysWhere(String record, String problem) {
    List<InputEvent> events = events("format: json, series: [s], time: t, values: [v]", record);
    if (problem == null) {
      assertThat(events).singleElement().isInstanceOf(ObservationEvent.class);
      return;
    }
    assertThat(events).singleElement().isInstanceOf(DeadLetter.class);
    DeadLetter letter = (DeadLetter) events.get(0);
    assertThat(letter.reason() + ": " + letter.message()).startsWith(problem);
    assertThat(letter.message().lines()).hasSize(1);
  }

  @Test
  void aWrongValueSpoilsNoOther() {
    List<InputEvent> events =
        events("format: json, values: [a, b, c]", "{\"a\":\"n/a\",\"b\":\"\",\"c\":3}");
    assertThat(events).hasSize(2);
    assertThat(((ObservationEvent) events.get(0)).observation())
        .isEqualTo(new Observation("pump-1/c", TIMESTAMP, 3));
    assertThat(((DeadLetter) events.get(1)).message()).isEqualTo("a: expected a number, got 'n/a'");
  }

  @Test
  void aRecordOfFarTooManyObservationsIsOneDeadLetter() {
    String section = "format: json, each: r, values: [v]";
    String many = "{\"r\":[" + "{\"v\":1},".repeat(10_000) + "{\"v\":2}]}";
    List<InputEvent> events = events(section, many);
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            DeadLetter.class,
            letter ->
                assertThat(letter.message())
                    .isEqualTo(
                        "record: expected observations times bytes of at most 67,108,864, got 10,000"
                            + " times 80,015"));
    assertThat(events).hasSize(1);
    assertThat(observations(section, "{\"r\":[" + "{\"v\":1},".repeat(900) + "{\"v\":2}]}"))
        .hasSize(901);
  }

  @Test
  void halfACharacterNamesNoSeries() {
    List<InputEvent> events =
        events("format: json, series: [s], values: [v]", "{\"s\":\"\\ud800\",\"v\":1}");
    assertThat(events).singleElement().isInstanceOf(DeadLetter.class);
  }

  @Test
  void nullValuesAreSkippedOrDeadLetters() {
    String values = "format: json, values: [a, b]";
    assertThat(observations(values, "{\"a\":1,\"b\":null}"))
        .containsExactly(new Observation("pump-1/a", TIMESTAMP, 1));
    List<InputEvent> strict = events(values + ", on-null: dead-letter", "{\"a\":1,\"b\":null}");
    assertThat(strict).hasSize(2);
    assertThat(((DeadLetter) strict.get(1)).message())
        .isEqualTo("b: expected a number, got null or nothing");
    List<InputEvent> single = events("format: json, values: [v]", "{\"v\":null}");
    assertThat(((DeadLetter) single.get(0)).reason()).isEqualTo(DeadLetter.Reason.FIELD);
    String skip = "format: json, values: [v], on-null: skip";
    List<InputEvent> skipped = new ArrayList<>();
    assertThat(records(skip).read(source("{\"v\":null}"), skipped::add)).isEqualTo(1);
    String each = skip + ", each: r";
    assertThat(records(each).read(source("{\"r\":[{\"v\":null},{}]}"), skipped::add)).isEqualTo(2);
    assertThat(skipped).isEmpty();
    assertThat(((DeadLetter) events(each, "{\"r\":[]}").get(0)).message())
        .isEqualTo("r[]: expected observations, got none");
    List<InputEvent> empty = events(values, (String) null);
    assertThat(((DeadLetter) empty.get(0)).reason()).isEqualTo(DeadLetter.Reason.NULL_VALUE);
  }

  @Test
  void changesThatAreNoObservationsAreCounted() {
    String section = "format: debezium-json, series: [device], values: [level], time: at";
    String row = "{\"device\":\"d\",\"level\":%d,\"at\":1767225600000}";
    String change = "{\"before\":%s,\"after\":%s,\"op\":\"%s\"}";
    List<InputEvent> events = new ArrayList<>();
    MappedRecords records = records(section);
    String before = row.formatted(1);
    String after = row.formatted(2);
    assertThat(records.read(source(change.formatted("null", before, "c")), events::add)).isZero();
    assertThat(records.read(source(change.formatted(before, after, "u")), events::add))
        .isEqualTo(1);
    assertThat(records.read(source(change.formatted(after, "null", "d")), events::add))
        .isEqualTo(1);
    assertThat(records.read(source((String) null), events::add)).isEqualTo(1); // a tombstone
    assertThat(events)
        .extracting(event -> ((ObservationEvent) event).observation())
        .containsExactly(new Observation("d", TIMESTAMP, 1), new Observation("d", TIMESTAMP, 2));
  }

  /** Updates as Postgres sends them by default, and what Kafka Connect's converter puts around. */
  @Test
  void changesWithoutOldRowsAndInTheirSchemaAreRead() {
    String section = "format: debezium-json, series: [device], values: [level], time: at";
    String update =
        "{\"before\":null,\"after\":{\"device\":\"d\",\"level\":2,\"at\":1767225600000},\"op\":\"u\"}";
    Observation expected = new Observation("d", TIMESTAMP, 2);
    assertThat(observations(section, update)).containsExactly(expected);
    String envelope = "{\"schema\":{\"fields\":[{\"op\":1}]},\"payload\":%s}".formatted(update);
    assertThat(observations(section, envelope)).containsExactly(expected);
    assertThat(
            observations(
                section + ", format.options: {schema-include: 'true'}", envelope + "\n" + envelope))
        .containsExactly(expected, expected);
    List<InputEvent> wrong = events(section, update.replace("\"u\"", "\"x\""));
    assertThat(((DeadLetter) wrong.get(0)).message()).endsWith("op: expected c, r, u or d, got x");
    assertThat(events(section, "{\"after\":null,\"op\":\"c\"}"))
        .singleElement()
        .isInstanceOf(DeadLetter.class);
  }

  @Test
  void slashesInPartsOfNamesKeepSeriesApart() {
    String section = "format: json, series: [p, q], values: [v]";
    String record = "{\"p\":\"%s\",\"q\":\"%s\",\"v\":1}";
    assertThat(shown(section, record.formatted("a/b", "c"))).containsExactly("a%2Fb/c 1.0");
    assertThat(shown(section, record.formatted("a", "b/c"))).containsExactly("a/b/c 1.0");
    assertThat(shown(section, record.formatted("a%2Fb", "c"))).containsExactly("a%252Fb/c 1.0");
    assertThat(shown(section, record.formatted("5 %", "c%2F"))).containsExactly("5 %/c%2F 1.0");
  }

  @Test
  void keyOfBytesNamesNoSeries() {
    List<InputEvent> events = new ArrayList<>();
    records("format: json, values: [v]")
        .read(
            new SourceRecord(
                "t", 0, 0, 1, new byte[] {2}, "{\"v\":1}".getBytes(StandardCharsets.UTF_8)),
            events::add);
    assertThat(((DeadLetter) events.get(0)).message())
        .isEqualTo("key: expected a text, got bytes .");
  }

  @Test
  void numbersAreDecimal() {
    for (String wrong : List.of("12d", "0x1p3", "1".repeat(2_001))) {
      assertThat(shown("format: json, values: [v]", "{\"v\":\"%s\"}".formatted(wrong)).get(0))
          .startsWith(
              "v: expected a number, got '" + wrong.substring(0, Math.min(80, wrong.length())));
    }
  }

  /** The schema of somebody else, with nested records, a map, an array and other types. */
  @Test
  void avroOfAnyShapeIsRead() {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Reading", "fields": [
                  {"name": "site", "type": {"type": "enum", "name": "S", "symbols": ["BERLIN"]}},
                  {"name": "device", "type": ["null", {"type": "record", "name": "Device",
                    "fields": [{"name": "id", "type": "int"}]}]},
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                  {"name": "tags", "type": {"type": "map", "values": "string"}},
                  {"name": "values", "type": {"type": "array", "items": {"type": "record",
                    "name": "V", "fields": [{"name": "v", "type": ["null", "float"]}]}}}]}
                """);
    Schema device = schema.getField("device").schema().getTypes().get(1);
    Schema value = schema.getField("values").schema().getElementType();
    GenericRecord record = new GenericData.Record(schema);
    record.put("site", new GenericData.EnumSymbol(schema.getField("site").schema(), "BERLIN"));
    record.put("device", new GenericRecordBuilder(device).set("id", 7).build());
    record.put("at", TIMESTAMP * 1_000 + 250_999);
    record.put("tags", Map.of(new Utf8("room"), new Utf8("größe")));
    record.put(
        "values",
        List.of(
            new GenericRecordBuilder(value).set("v", 1.5f).build(),
            new GenericRecordBuilder(value).set("v", null).build(),
            new GenericRecordBuilder(value).set("v", -2f).build()));
    String section =
        "format: avro-confluent, each: values, series: [site, device.id, tags.room], time: at,"
            + " values: [v]";
    String name = "BERLIN/7/größe";
    assertThat(avro(section, record))
        .containsExactly(
            new ObservationEvent(new Observation(name, TIMESTAMP + 250, 1.5), source("x")),
            new ObservationEvent(new Observation(name, TIMESTAMP + 250, -2), source("x")));
    record.put("device", null);
    DeadLetter letter = (DeadLetter) avro(section, record).get(0);
    assertThat(letter.message()).isEqualTo("device.id: expected a text, got null or nothing");
    String wrong = "format: avro-confluent, each: at, series: [site], values: [v]";
    DeadLetter array = (DeadLetter) avro(wrong, record).get(0);
    assertThat(array.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
    assertThat(array.message()).contains("at: expected an array, got another value");
  }

  private static List<InputEvent> avro(String section, GenericRecord record) {
    MappedRecords records =
        new MappedRecords(
            mapping(section),
            new RecordSource() {
              @Override
              public void open() {
                // has all
              }

              @Override
              public GenericRecord read(byte[] bytes) {
                return record;
              }
            });
    records.open(null);
    List<InputEvent> events = new ArrayList<>();
    records.read(source("x"), events::add);
    return events;
  }

  private static List<InputEvent> events(String section, byte[] value) {
    List<InputEvent> events = new ArrayList<>();
    records(section).read(source(value), events::add);
    return events;
  }

  private static final String PROTOBUF =
      "format: protobuf, schema-file: reading.desc, message: acme.Reading, ";

  /** Of Python's Protobuf. */
  private static byte[] reading(int line) throws IOException {
    return HexFormat.of().parseHex(Files.readAllLines(RECORDS.resolve("reading.hex")).get(line));
  }

  @Test
  void protobufIsReadByItsDescriptors() throws IOException {
    byte[] bytes = reading(4); // without a humidity, at 2026-01-01T00:04:00.25Z
    String section =
        PROTOBUF
            + "series: [site, device.id, device.slot, quality], time: measured_at,"
            + " values: [temperature, humidity, others.vibration]";
    long time = TIMESTAMP + 240_250;
    String name = "berlin/pump-1/4000000000/GOOD/";
    assertThat(events(section, bytes))
        .containsExactly(
            new ObservationEvent(new Observation(name + "temperature", time, 20.5), source(bytes)),
            new ObservationEvent(new Observation(name + "vibration", time, 0.4), source(bytes)));
    assertThat(events(PROTOBUF + "values: [humidity]", reading(3)))
        .containsExactly(
            new ObservationEvent(new Observation("pump-1", TIMESTAMP, 0.4), source(reading(3))));
    assertThat(
            events(
                PROTOBUF + "each: samples, series: [site], time: at, values: [value, total]",
                bytes))
        .containsExactly(
            new ObservationEvent(
                new Observation("berlin/value", TIMESTAMP + 240_000, 1.5), source(bytes)),
            new ObservationEvent(
                new Observation("berlin/value", TIMESTAMP + 241_000, 2.5), source(bytes)),
            new ObservationEvent(
                new Observation("berlin/total", TIMESTAMP + 241_000, 0x1p64), source(bytes)));
  }

  @Test
  void aTimestampOutOfBoundsIsNoTime() throws IOException {
    byte[] bytes = HexFormat.of().parseHex("1a0a08ffffffffffffffff7f210000000000003440");
    DeadLetter letter =
        (DeadLetter) events(PROTOBUF + "time: measured_at, values: [temperature]", bytes).get(0);
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.TIME);
    assertThat(letter.message()).endsWith("got '9223372036854775807 s 0 ns'");
  }

  @Test
  void whatIsNoMessageIsADeadLetter() throws IOException {
    byte[] bytes = Arrays.copyOf(reading(0), 30);
    DeadLetter letter = (DeadLetter) events(PROTOBUF + "values: [temperature]", bytes).get(0);
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
    assertThat(letter.message()).startsWith("record: expected protobuf, got: ");
    assertThat(letter.source().value()).isSameAs(bytes);
    DeadLetter text = (DeadLetter) events(PROTOBUF + "values: [quality]", reading(0)).get(0);
    assertThat(text.message()).isEqualTo("quality: expected a number, got 'GOOD'");
  }

  @Test
  void pathsThatADescriptorDoesNotHaveAreNamedBeforeAnythingStarts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records(PROTOBUF + "series: [device.name], values: [temperature]"))
        .withMessage("expected fields that the schema has, got device.name");
    for (String array : List.of("readings", "device", "site", "others")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> records(PROTOBUF + "each: " + array + ", values: [value]"))
          .withMessage("each: expected an array that the schema has, got " + array);
    }
    for (String path :
        List.of("samples.value", "samples", "device", "others", "samples[kay=1].value")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> records(PROTOBUF + "values: ['" + path + "']"))
          .withMessage("expected fields that the schema has, got " + path);
    }
    records(PROTOBUF + "series: [measured_at], values: ['samples[at=1].value', humidity]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records(PROTOBUF.replace("acme.Reading", "Reading") + "values: [v]"))
        .withMessageStartingWith("message: expected one of [acme.Reading, acme.Reading.Device, ")
        .withMessageEndingWith("got Reading");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> records(PROTOBUF.replace("reading.desc", "reading.proto") + "values: [v]"))
        .withMessageStartingWith("schema-file: expected what protoc --include_imports");
  }

  @Test
  void avroIsReadByTheSchemaInAFile() throws IOException {
    Schema schema = new Schema.Parser().parse(RECORDS.resolve("reading.avsc").toFile());
    GenericRecord record =
        new GenericRecordBuilder(schema).set("site", "rom").set("level", 2.5f).build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    String section = "format: avro, schema-file: reading.avsc, series: [site], values: [level]";
    byte[] bytes = out.toByteArray();
    assertThat(events(section, bytes))
        .containsExactly(
            new ObservationEvent(new Observation("rom", TIMESTAMP, 2.5), source(bytes)));
    DeadLetter letter = (DeadLetter) events(section, Arrays.copyOf(bytes, 3)).get(0);
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: avro, schema-file: reading.desc, values: [v]"))
        .withMessageStartingWith("schema-file: expected an Avro schema, got: ");
  }

  @Test
  void anElementOfAnArrayIsChosenByAField() {
    String section =
        "format: json, series: ['tags[key=host.name].value.text', 'tags[key=room].value.text'],"
            + " values: [v]";
    String record =
        """
        {"v": 1, "tags": [{"key": "x", "value": {"text": "no"}}, null, {"value": {"text": "no"}},
          {"key": "room", "value": {"text": "r2"}}, {"key": "host.name", "value": {"text": "web"}},
          {"key": "room", "value": {"text": "later"}}]}
        """;
    assertThat(observations(section, record))
        .containsExactly(new Observation("web/r2", TIMESTAMP, 1));
    DeadLetter letter = (DeadLetter) events(section, record.replace("host.name", "host.id")).get(0);
    assertThat(letter.message())
        .isEqualTo("tags[key=host.name].value.text: expected a text, got null or nothing");
    assertThat(
            observations("format: json, series: ['a?', b, 'c?'], values: [v]", "{\"v\":1,\"b\":2}"))
        .containsExactly(new Observation("2", TIMESTAMP, 1));
    String each =
        "format: json, each: 'all[].points', series: ['tags[key=host].value', name], values: [v]";
    assertThat(
            observations(
                each,
                """
                {"all": [
                  {"tags": [{"key": "host", "value": "a"}], "points": [{"name": "p", "v": 1}]},
                  {"tags": [{"key": "host", "value": "b"}], "points": [{"name": "p", "v": 2},
                    {"name": "q", "v": 3, "tags": [{"key": "host", "value": "own"}]}]}]}
                """))
        .containsExactly(
            new Observation("a/p", TIMESTAMP, 1),
            new Observation("b/p", TIMESTAMP, 2),
            new Observation("own/q", TIMESTAMP, 3));
  }

  @Test
  void valuesOfAttributesHaveDifferentNames() {
    String section =
        "format: json, values: ['m[key=temp].value', 'm[key=hum].value', w], series: [key]";
    String record =
        "{\"w\": 3, \"m\": [{\"key\": \"temp\", \"value\": 1}, {\"key\": \"hum\", \"value\": 2}]}";
    assertThat(observations(section, record))
        .containsExactly(
            new Observation("pump-1/temp.value", TIMESTAMP, 1),
            new Observation("pump-1/hum.value", TIMESTAMP, 2),
            new Observation("pump-1/w", TIMESTAMP, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, values: [a.v, $.a.v, b]"))
        .withMessage("values: expected paths that give different names, got [a.v, a.v, b]");
  }

  @Test
  void elementsWithoutAFieldThatIsReadAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, each: readings, values: [$.v]"))
        .withMessage("each: expected a field of its elements, got none");
  }

  @Test
  void aPathThroughAWholeArrayIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, each: readings, values: [$.readings.v]"))
        .withMessage("$.readings.v: expected a field of an array's element, got one of the array");
    assertThat(
            observations("format: json, each: a, values: [a.v]", "{\"a\": [{\"a\": {\"v\": 4}}]}"))
        .containsExactly(new Observation("pump-1", TIMESTAMP, 4));
    for (String wrong : List.of("", ".", "a.", ".a", "a..b", "a[b]", "a[b=c]", "a[=c].d", "a b")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FieldPath.parse(wrong))
          .withMessageStartingWith("expected field names joined by dots");
    }
  }

  @Test
  void rawTextIsAValueByItself() {
    assertThat(observations("format: raw, columns: [v], values: [v]", "21.5"))
        .containsExactly(new Observation("pump-1", TIMESTAMP, 21.5));
  }

  @Test
  void wrongMappingsAreNamedBeforeAnythingStarts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: jsn, values: [v]"))
        .withMessage(
            "format: expected a table format of Flink whose jar is on the class path, got jsn");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, format.options: {colour: red}, values: [v]"))
        .withMessageStartingWith("format.options: expected some of [")
        .withMessageEndingWith("], got colour");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                records(
                    "format: json, format.options: {fail-on-missing-field: perhaps}, values: [v]"))
        .withMessageContaining("fail-on-missing-field");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, values: [a, a.b]"))
        .withMessage("a.b: expected a field or what contains fields, got both");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: json, series: [a], values: [a.b]"))
        .withMessage("a: expected a field or what contains fields, got both");
  }
}
