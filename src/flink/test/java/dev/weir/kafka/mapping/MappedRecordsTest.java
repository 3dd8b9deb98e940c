package dev.weir.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.codec.ObservationJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedRecordsTest {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");
  private static final long TIMESTAMP = 1_767_225_600_000L; // 2026-01-01

  /** From the section of a job file. */
  static ObservationMapping mapping(String section) {
    JobFile file = JobFile.parse("observations: {" + section + "}", "test.yaml", Map.of());
    try {
      return MappingOptions.mapping(file, RECORDS);
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

  /** What {@code weir produce --format json} sends. */
  @Test
  void ownJsonIsRead() {
    ObservationJson json = new ObservationJson(0);
    Observation plain = new Observation("größe", TIMESTAMP + 5, 1.5);
    Observation marked = new Observation("p", TIMESTAMP, -2, new double[] {3, 4}, "läuft");
    String mapping = ObservationJson.MAPPING.replaceAll("observations: \\{|\\}", "");
    assertThat(observations(mapping, new String(json.encode(plain), StandardCharsets.UTF_8)))
        .containsExactly(plain);
    String all = mapping + ", features: [feature_1, feature_2], label: label";
    assertThat(observations(all, new String(json.encode(marked), StandardCharsets.UTF_8)))
        .containsExactly(marked);
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

  /** Series, milliseconds after 2026, value and more of observations; reasons of dead letters. */
  private static String said(InputEvent event) {
    if (event instanceof DeadLetter letter) {
      assertThat(letter.message().lines()).hasSize(1);
      return letter.reason() + ": " + letter.message();
    }
    Observation o = ((ObservationEvent) event).observation();
    return o.series()
        + (o.time() == TIMESTAMP ? "" : " +" + (o.time() - TIMESTAMP))
        + " "
        + o.value()
        + (o.features().length == 0 ? "" : " " + Arrays.toString(o.features()))
        + (o.label() == null ? "" : " is " + o.label());
  }

  /** Mapping, record, and what becomes of it; a message may go on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # fields name series and times
          format: json, series: [site, device.id], time: ts, values: [t, h], features: [out.t] | {"site": "berlin", "device": {"id": 7}, "ts": 1767225600.25, "t": "21.5", "h": 0.4, "out": {"t": -3}, "x": [1, {"x": null}]} | berlin/7/t +250 21.5 [-3.0]; berlin/7/h +250 0.4 [-3.0]
          format: json, series: ['=plant', key, topic], values: [v] | {"v":1} | plant/pump-1/sensors 1.0
          format: json, values: [a.v] | {"a":{"v":1}} | pump-1 1.0
          format: json, values: [a.v, b.v, c] | {"a":{"v":1},"c":3} | pump-1/a.v 1.0; pump-1/c 3.0
          format: json, series: ['a?', b, 'c?'], values: [v] | {"v":1,"b":2} | 2 1.0
          format: raw, columns: [v], values: [v] | 21.5 | pump-1 21.5
          # slashes keep series apart
          format: json, series: [p, q], values: [v] | {"p":"a/b","q":"c","v":1} | a%2Fb/c 1.0
          format: json, series: [p, q], values: [v] | {"p":"a","q":"b/c","v":1} | a/b/c 1.0
          format: json, series: [p, q], values: [v] | {"p":"a%2Fb","q":"c","v":1} | a%252Fb/c 1.0
          format: json, series: [p, q], values: [v] | {"p":"5 %","q":"c%2F","v":1} | 5 %/c%2F 1.0
          # arrays
          format: json, each: 'sites[].r', series: [name, $.name, s], values: [v], time: t | {"name": "plant", "t": "2026-01-01", "sites": [{"name": "a", "r": [{"s": 1, "v": 1}, {"s": 2, "v": 2, "t": "2026-01-02"}]}, null, {"r": [{"s": 3, "v": 3, "name": "own"}]}]} | a/plant/1 1.0; a/plant/2 +86400000 2.0; own/plant/3 3.0
          format: json, each: a, values: [a.v] | {"a": [{"a": {"v": 4}}]} | pump-1 4.0
          format: json, series: ['tags[key=host.name].value.text', 'tags[key=room].value.text'], values: [v] | {"v": 1, "tags": [{"key": "x", "value": {"text": "no"}}, null, {"value": {"text": "no"}}, {"key": "room", "value": {"text": "r2"}}, {"key": "host.name", "value": {"text": "web"}}, {"key": "room", "value": {"text": "later"}}]} | web/r2 1.0
          format: json, series: ['tags[key=host.name].value.text'], values: [v] | {"v": 1, "tags": [{"key": "host.id", "value": {"text": "web"}}]} | FIELD: tags[key=host.name].value.text: expected a text, got null or nothing
          format: json, each: 'all[].points', series: ['tags[key=host].value', name], values: [v] | {"all": [{"tags": [{"key": "host", "value": "a"}], "points": [{"name": "p", "v": 1}]}, {"tags": [{"key": "host", "value": "b"}], "points": [{"name": "p", "v": 2}, {"name": "q", "v": 3, "tags": [{"key": "host", "value": "own"}]}]}]} | a/p 1.0; b/p 2.0; own/q 3.0
          format: json, values: ['m[key=temp].value', 'm[key=hum].value', w], series: [key] | {"w": 3, "m": [{"key": "temp", "value": 1}, {"key": "hum", "value": 2}]} | pump-1/temp.value 1.0; pump-1/hum.value 2.0; pump-1/w 3.0
          # columns
          format: csv, format.options: {field-delimiter: ';'}, columns: [site, at, note, v, w], series: [site], time: at, values: [v, w] | berlin;2026-01-01;"a;b";1.5;2 | berlin/v 1.5; berlin/w 2.0
          format: csv, format.options: {field-delimiter: ';'}, columns: [site, at, note, v, w], series: [site], time: at, values: [v, w] | berlin;2026-01-01;x;hot;2 | berlin/w 2.0; FIELD: v: expected a number, got 'hot'
          format: csv, format.options: {field-delimiter: ';'}, columns: [site, at, note, v, w], series: [site], time: at, values: [v, w] | berlin;2026-01-01;x;;2 | berlin/w 2.0
          format: csv, format.options: {field-delimiter: ';'}, columns: [site, at, note, v, w], series: [site], time: at, values: [v, w] | berlin;2026-01-01 | MALFORMED: record: expected csv, got: ...
          # windows
          format: json, values: [v], label: state | {"v":1,"state":"ok"} | pump-1 1.0 is ok
          format: json, values: [v], label: state | {"v":1,"state":""} | pump-1 1.0
          # nulls
          format: json, values: [a, b] | {"a":1,"b":null} | pump-1/a 1.0
          format: json, values: [a, b] | | NULL_VALUE: ...
          format: json, values: [a, b], on-null: dead-letter | {"a":1,"b":null} | pump-1/a 1.0; FIELD: b: expected a number, got null or nothing
          format: json, values: [v] | {"v":null} | FIELD: v: expected a number, got null or nothing
          format: json, values: [v], on-null: skip, each: r | {"r":[]} | FIELD: r[]: expected observations, got none
          # a wrong value spoils no other
          format: json, each: r, values: [v] | {"r":[{"v":1},{"v":"hot"},{"v":2},{"w":3},{"v":"cold"}]} | pump-1 1.0; pump-1 2.0; FIELD: v: expected a number, got 'hot'
          format: json, values: [a, b, c] | {"a":"n/a","b":"","c":3} | pump-1/c 3.0; FIELD: a: expected a number, got 'n/a'
          format: json, values: [v] | {"v":"12d"} | FIELD: v: expected a number, got '12d'
          format: json, values: [v] | {"v":"0x1p3"} | FIELD: v: expected a number, got '0x1p3'
          # what cannot be used
          format: json, series: [s], time: t, values: [v] | {"s":"a","v":1} | FIELD: t: expected a time such as...
          format: json, series: [s], time: t, values: [v] | {"s":"a","v":1,"t":"soon"} | TIME: t: expected a time such as...
          format: json, series: [s], time: t, values: [v] | {"s":"a","v":1,"t":20260131} | TIME: t: expected a time such as...
          format: json, series: [s], time: t, values: [v] | {"s":{},"v":1,"t":"2026-01-01"} | {} 1.0
          format: json, series: [s], values: [v] | {"s":"","v":1} | FIELD: s: expected a text, got null or nothing
          format: json, series: [s], values: [v] | {"v":1} | FIELD: s: expected a text, got null or nothing
          format: json, series: [s], values: [v] | {"s":"\\ud800","v":1} | SERIES: ...
          format: json, series: [s], values: [v] | {"s":"a","v":"x\\ty"} | FIELD: v: expected a number, got 'x...
          format: json, series: [s], values: [v] | {"s":"a","v":1,"t": | MALFORMED: record: expected json, got: Unexpected end-of-input...
          format: json, series: [s], values: [v] | [] | FIELD: record: expected observations, got none
          format: json, series: [s], values: [v] | 7 | MALFORMED: record: expected json, got: ...
          format: json, series: [s], values: [v] | null | MALFORMED: record: expected json, got: ...
          """)
  void whatBecomesOfARecord(String section, String record, String expected) {
    String all =
        events(section, record).stream()
            .map(MappedRecordsTest::said)
            .collect(Collectors.joining("; "));
    if (expected.endsWith("...")) {
      assertThat(all).startsWith(expected.substring(0, expected.length() - 3));
    } else {
      assertThat(all).isEqualTo(expected);
    }
  }

  @Test
  void recordsOfNothingAreSkipped() {
    String skip = "format: json, values: [v], on-null: skip";
    List<InputEvent> events = new ArrayList<>();
    assertThat(records(skip).read(source("{\"v\":null}"), events::add)).isEqualTo(1);
    MappedRecords each = records(skip + ", each: r");
    assertThat(each.read(source("{\"r\":[{\"v\":null},{}]}"), events::add)).isEqualTo(2);
    assertThat(events).isEmpty();
  }

  @Test
  void deadLetterOfAnElementHasItsWholeRecordAndAShortMessage() {
    String record = "{\"r\":[{\"v\":\"%s\"}]}".formatted("1".repeat(2_001));
    DeadLetter letter = (DeadLetter) events("format: json, each: r, values: [v]", record).get(0);
    assertThat(letter.source()).isEqualTo(source(record));
    assertThat(letter.message()).startsWith("v: expected a number, got '" + "1".repeat(80));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          format: csv, columns: [a, b], series: [a], values: [c] | expected fields of columns, got c
          format: json, values: [a.v, $.a.v, b] | values: expected paths that give different names, got [a.v, a.v, b]
          format: json, each: readings, values: [$.v] | each: expected a field of its elements, got none
          format: json, each: readings, values: [$.readings.v] | $.readings.v: expected a field of an array's element, got one of the array
          format: jsn, values: [v] | format: expected a table format of Flink whose jar is on the class path, got jsn
          format: json, format.options: {colour: red}, values: [v] | format.options: expected some of [
          format: json, values: [a, a.b] | a.b: expected a field or what contains fields, got both
          format: json, series: [a], values: [a.b] | a: expected a field or what contains fields, got both
          """)
  void wrongMappingIsNamedBeforeAnythingStarts(String section, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records(section))
        .withMessageStartingWith(message);
  }

  @Test
  void wrongValueOfAFormatsOptionIsNamed() {
    String section = "format: json, format.options: {fail-on-missing-field: perhaps}, values: [v]";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records(section))
        .withMessageContaining("fail-on-missing-field");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a[b]", "a[b=c]", "a[=c].d", "a b"})
  void whatIsNoPathIsRefused(String wrong) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FieldPath.parse(wrong))
        .withMessageStartingWith("expected field names joined by dots");
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
                        "record: expected observations times bytes of at most 67,108,864, got"
                            + " 10,000 times 80,015"));
    assertThat(events).hasSize(1);
    assertThat(observations(section, "{\"r\":[" + "{\"v\":1},".repeat(900) + "{\"v\":2}]}"))
        .hasSize(901);
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
    String section = "format: avro, schema-file: reading.avsc, series: [site], values: [level]";
    byte[] bytes = AvroEncoded.bytes(record);
    assertThat(events(section, bytes))
        .containsExactly(
            new ObservationEvent(new Observation("rom", TIMESTAMP, 2.5), source(bytes)));
    DeadLetter letter = (DeadLetter) events(section, Arrays.copyOf(bytes, 3)).get(0);
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> records("format: avro, schema-file: reading.desc, values: [v]"))
        .withMessageStartingWith("schema-file: expected an Avro schema, got: ");
  }

  private static final String SAMPLES =
      "format: protobuf, schema-file: reading.desc, message: acme.Reading, each: samples,"
          + " series: [site], values: [value]";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Legal records that would fill the memory are one dead letter at small cost. */
  private static MappedRecords memoryRecords(String section, RecordSource source) {
    MappedRecords memoryRecords = new MappedRecords(MappedRecordsTest.mapping(section), source);
    memoryRecords.open(MappedRecords.ALONE);
    return memoryRecords;
  }

  /** The only event of a record, which allocates at most some bytes. */
  private static String read(MappedRecords memoryRecords, byte[] bytes, long maxAllocated) {
    List<InputEvent> events = new ArrayList<>();
    SourceRecord source = new SourceRecord("t", 0, 0, 1, null, bytes);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    memoryRecords.read(source, events::add);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(maxAllocated);
    assertThat(events).hasSize(1);
    return ((DeadLetter) events.get(0)).message();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void longNameIsNotBuiltForEachElement() {
    String record =
        "{\"p\":\"%s\",\"r\":[%s{}]}".formatted("x".repeat(100_000), "{\"v\":1},".repeat(9_999));
    MappedRecords memoryRecords =
        memoryRecords("format: json, each: r, series: [=a, p], values: [v]", null);
    assertThat(read(memoryRecords, utf8(record), 100_000_000))
        .isEqualTo("series: expected a name of 1 to 1000 characters, got 100000");
    MappedRecords slashes =
        memoryRecords("format: json, each: r, series: [p, =a], values: [v]", null);
    assertThat(read(slashes, utf8(record.replace('x', '/')), 100_000_000))
        .startsWith("series: expected a name of 1 to 1000 characters, got ");
  }

  @Test
  void longNumberIsNotReadForEachElement() {
    String record =
        "{\"v\":\"%s\",\"t\":\"%1$s\",\"r\":[%s{}]}"
            .formatted(" ".repeat(100_000) + "1", "{},".repeat(9_999));
    MappedRecords memoryRecords =
        memoryRecords("format: json, each: r, series: [=a], values: [v], time: t", null);
    assertThat(read(memoryRecords, utf8(record), 100_000_000))
        .startsWith("t: expected a time such as");
  }

  @Test
  void manyEmptyMessagesAreNotBuilt() {
    byte[] samples = new byte[6_000_000]; // 3,000,000 samples of no bytes
    for (int i = 0; i < samples.length; i += 2) {
      samples[i] = (byte) (8 << 3 | 2);
    }
    assertThat(read(memoryRecords(SAMPLES, null), samples, 1_000_000))
        .endsWith("record: expected at most 250,000 values, got more");
    byte[] unknown = new byte[600_000]; // fields that the schema does not have
    for (int i = 0; i < unknown.length; i += 2) {
      unknown[i] = 15 << 3;
    }
    assertThat(read(memoryRecords(SAMPLES, null), unknown, 1_000_000))
        .endsWith("record: expected at most 250,000 values, got more");
    byte[] groups = new byte[10_000];
    Arrays.fill(groups, (byte) (15 << 3 | 3));
    assertThat(read(memoryRecords(SAMPLES, null), groups, 1_000_000))
        .contains("expected at most 32 levels of nesting");
  }

  @Test
  void manyEmptyAvroRecordsAreNotBuilt() throws Exception {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "R", "fields": [{"name": "r", "type": {"type": "array",
                  "items": {"type": "record", "name": "V",
                    "fields": [{"name": "v", "type": ["null", "double"]}]}}}]}
                """);
    Schema element = schema.getField("r").schema().getElementType();
    GenericRecord record = new GenericData.Record(schema);
    record.put("r", Collections.nCopies(300_000, new GenericData.Record(element)));
    MappedRecords memoryRecords =
        memoryRecords(
            "format: avro-confluent, each: r, series: [=a], values: [v]",
            new RecordSource() {
              private static final long serialVersionUID = 1L;

              @Override
              public void open() {}

              @Override
              public Object read(byte[] value) throws java.io.IOException {
                return new AvroReader().read(new GenericDatumReader<>(schema), value, 0);
              }
            });
    assertThat(read(memoryRecords, AvroEncoded.bytes(record), 5_000_000))
        .contains("expected fewer values");
  }

  @Test
  void manyJsonAndCsvValuesAreNotBuilt() {
    String many = "record: expected at most 250,000 values, got more";
    byte[] objects = utf8("{\"r\":[" + "{},".repeat(2_000_000) + "{}]}");
    String each = ", each: r, series: [=a], values: [v]";
    for (String format : List.of("json", "debezium-json", "canal-json")) {
      String section = format.equals("json") ? each : ", series: [=a], values: [v]";
      assertThat(read(memoryRecords("format: " + format + section, null), objects, 1_000_000))
          .isEqualTo(many);
    }
    String csv = "format: csv, columns: [v, w], series: [=a], values: [v], features-ahead: [w]";
    assertThat(
            read(memoryRecords(csv, null), utf8("1,\"" + "1;".repeat(2_000_000) + "\""), 1_000_000))
        .isEqualTo(many);
  }
}
