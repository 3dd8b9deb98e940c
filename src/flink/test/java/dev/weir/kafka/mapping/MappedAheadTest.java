package dev.weir.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.weir.Allocations;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.codec.ObservationJson;
import dev.weir.model.ForecastModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covariates known ahead in records of any format. */
class MappedAheadTest {

  private static final double NAN = Double.NaN;

  @TempDir private Path dir;

  private static List<InputEvent> events(String section, byte[] value) {
    MappedRecords records = new MappedRecords(MappedRecordsTest.mapping(section), null);
    records.open(MappedRecords.ALONE);
    List<InputEvent> events = new ArrayList<>();
    byte[] key = "pump-1".getBytes(StandardCharsets.UTF_8);
    records.read(new SourceRecord("sensors", 3, 4, 5, key, value), events::add);
    return events;
  }

  private static List<InputEvent> events(String section, String value) {
    return events(section, value.getBytes(StandardCharsets.UTF_8));
  }

  private static double[] ahead(String section, String value) {
    return ahead(events(section, value));
  }

  private static double[] ahead(List<InputEvent> events) {
    assertThat(events).singleElement().isInstanceOf(ObservationEvent.class);
    return ((ObservationEvent) events.get(0)).observation().ahead();
  }

  /** Mapping, record, and the numbers known ahead or the message of a dead letter. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # arrays of numbers are one covariate each
          format: json, values: [load], features-ahead: [temp, plan.price] | {"load": 7, "temp": [4.1, null, "3.5"], "plan": {"price": [60, 61]}} | [4.1, 60.0, NaN, 61.0, 3.5, NaN]
          format: json, values: [load], features-ahead: [temp, plan.price] | {"load": 7, "plan": {"price": [60]}} | [NaN, 60.0]
          format: json, values: [load], features-ahead: [temp, plan.price] | {"load": 7} | []
          format: json, values: [load], features-ahead: [temp, plan.price] | {"load": 7, "temp": null, "plan": null} | []
          format: json, values: [load], features-ahead: [temp, plan.price] | {"load": 7, "temp": []} | []
          # and so are fields of an array's elements
          format: json, values: [load], features-ahead: ['f[].temp', 'f[].wind.speed'] | {"load": 7, "f": [{"temp": 4.1, "wind": {"speed": 3}}, null, {"temp": null}, {"wind": {"speed": 5}, "other": []}]} | [4.1, 3.0, NaN, NaN, NaN, NaN, NaN, 5.0]
          # a condition chooses the element whose array counts
          format: json, values: [load], features-ahead: ['plans[name=price].values', 'plans[name=wind].steps[].mean'] | {"load": 7, "plans": [{"name": "wind", "steps": [{"mean": 3}]}, {"name": "price", "values": [60, 61]}]} | [60.0, 3.0, 61.0, NaN]
          format: json, values: [v], features-ahead: [a, 'b[].c'] | {"v": 1, "a": [2, "warm"]} | a: expected a number, got 'warm'
          format: json, values: [v], features-ahead: [a, 'b[].c'] | {"v": 1, "b": [{"c": true}]} | b[].c: expected a number, got 'true'
          format: json, values: [v], features-ahead: [a, 'b[].c'] | {"v": 1, "a": 3} | record: expected json, got: ...
          format: csv, columns: [v, a], values: [v], features-ahead: [a] | 1.5,2;;3 | [2.0, NaN, 3.0]
          format: csv, columns: [v, a], values: [v], features-ahead: [a] | 1.5, | []
          format: debezium-json, series: [id], values: [v], features-ahead: [temp] | {"before": null, "after": {"id": "a", "v": 1, "temp": [4, 5]}, "op": "c"} | [4.0, 5.0]
          """)
  void whatIsKnownAheadOfARecord(String section, String record, String expected) {
    List<InputEvent> events = events(section, record);
    assertThat(events).hasSize(1);
    String said =
        events.get(0) instanceof DeadLetter letter
            ? letter.message()
            : Arrays.toString(ahead(events));
    if (expected.endsWith("...")) {
      assertThat(said).startsWith(expected.substring(0, expected.length() - 3));
    } else {
      assertThat(said).isEqualTo(expected);
    }
  }

  @Test
  void csvHasArraysOfNumbersOnly() {
    String section = "format: csv, columns: [v, a], values: [v], features-ahead: ['a[].b']";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events(section, "1.5,2"))
        .withMessage("a.b: expected a field or what contains fields, got both");
  }

  @Test
  void elementsShareWhatIsKnownAheadOfTheirRecord() {
    String section =
        "format: json, each: readings, series: [id], values: [v],"
            + " features-ahead: [price, $.temperature]";
    String record =
        """
        {"temperature": [1, 2], "price": [5], "readings": [
          {"id": "a", "v": 1}, {"id": "b", "v": 2, "price": [7, 8], "temperature": [3]}]}
        """;
    assertThat(events(section, record))
        .extracting(event -> ((ObservationEvent) event).observation())
        .containsExactly(
            new Observation("a", 5, 1, new double[0], null, new double[] {5, 1, NAN, 2}),
            new Observation("b", 5, 2, new double[0], null, new double[] {7, 1, 8, 2}));
  }

  @Test
  void stepsThatNoForecastHasAreCut() {
    int most = ForecastModel.MAX_HORIZON;
    String numbers = "1,".repeat(most + 5) + "1";
    double[] known =
        ahead(
            "format: json, values: [v], features-ahead: [a]", "{\"v\":1,\"a\":[" + numbers + "]}");
    assertThat(known).hasSize(most).containsOnly(1);
  }

  /** A hostile record: few bytes, many observations, many numbers for each. */
  @Test
  void numbersKnownAheadOfOneRecordAreBounded() {
    int most = ForecastModel.MAX_HORIZON;
    String record =
        "{\"a\":[%s1],\"r\":[%s{\"v\":1}]}"
            .formatted("1,".repeat(most - 1), "{\"v\":1},".repeat(9_000));
    List<InputEvent> events =
        events("format: json, each: r, values: [v], features-ahead: [$.a]", record);
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            DeadLetter.class,
            letter ->
                assertThat(letter.message()).startsWith("record: expected ").contains("at most"));
  }

  /** Few bytes again: each element would read the array around it. */
  @Test
  void elementsThatCountForNothingReadNoNumbersAhead() {
    String section = "format: json, each: r, values: [v], features-ahead: [$.a]";
    String numbers = "1,".repeat(ForecastModel.MAX_HORIZON - 1) + "1";
    int elements = 100_000;
    for (String element : List.of("{},", "{\"v\":1},", "{\"v\":\"x\"},")) {
      String record = "{\"a\":[%s],\"r\":[%s{}]}".formatted(numbers, element.repeat(elements));
      long bytes = Allocations.bytesOf(() -> events(section, record));
      // 64 MiB of numbers and their texts at most; an array of texts alone takes 16 KB an element
      assertThat(bytes).as(element).isLessThan(elements * 12_000L);
    }
    String own = section.replace("$.a", "a");
    assertThat(ahead(own, "{\"r\":[{\"a\":[\"warm\"]},{\"a\":[2],\"v\":1}]}")).containsExactly(2);
  }

  @Test
  void pathsThatContradictEachOtherAreRefused() {
    for (String ahead : List.of("[v]", "['v[].x']", "[a, 'a[].b']", "['a[].b', a.c]")) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> events("format: json, values: [v], features-ahead: " + ahead, "{\"v\":1}"))
          .withMessageContaining("expected a field");
    }
  }

  @Test
  void ownJsonIsRead() {
    double[] ahead = {1, NAN, 3, 4, 5, 6};
    Observation known = new Observation("p", 7, 1.5, new double[0], null, ahead);
    String json = new String(new ObservationJson(2).encode(known), StandardCharsets.UTF_8);
    assertThat(json).contains("\"ahead_1\":[1.0,3.0,5.0],\"ahead_2\":[null,4.0,6.0]");
    assertThat(ahead("format: json, values: [value], features-ahead: [ahead_1, ahead_2]", json))
        .containsExactly(ahead);
  }

  @Test
  void avroOfAFileHasArrays() throws Exception {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "r", "fields": [
                  {"name": "v", "type": "double"},
                  {"name": "price", "type": {"type": "array", "items": ["null", "float"]}},
                  {"name": "forecast", "type": ["null", {"type": "array", "items":
                    {"type": "record", "name": "step", "fields": [
                      {"name": "temperature", "type": ["null", "double"]}]}}]}]}
                """);
    Path file = Files.writeString(dir.resolve("r.avsc"), schema.toString());
    Schema step = schema.getField("forecast").schema().getTypes().get(1).getElementType();
    GenericRecordBuilder record =
        new GenericRecordBuilder(schema)
            .set("v", 1.0)
            .set("price", Arrays.asList(2f, null, 4f))
            .set(
                "forecast",
                List.of(new GenericRecordBuilder(step).set("temperature", -5.5).build()));
    String section =
        "format: avro, schema-file: '%s', values: [v], features-ahead: [price, 'forecast[].temperature']"
            .formatted(file);
    assertThat(ahead(events(section, AvroEncoded.bytes(record.build()))))
        .containsExactly(2, -5.5, NAN, NAN, 4, NAN);
    record.set("forecast", null);
    assertThat(ahead(events(section, AvroEncoded.bytes(record.build()))))
        .containsExactly(2, NAN, NAN, NAN, 4, NAN);
  }

  @Test
  void protobufHasRepeatedFields() throws Exception {
    FileDescriptorProto proto =
        FileDescriptorProto.newBuilder()
            .setName("r.proto")
            .setSyntax("proto3")
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName("Sensor")
                    .addField(field("kind", 1, false))
                    .addField(field("hours", 2, true)))
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName("R")
                    .addField(field("v", 1, false))
                    .addField(field("price", 2, true))
                    .addField(
                        field("sensors", 3, true)
                            .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                            .setTypeName("Sensor")))
            .build();
    Path file = dir.resolve("r.desc");
    Files.write(file, FileDescriptorSet.newBuilder().addFile(proto).build().toByteArray());
    Descriptor type =
        FileDescriptor.buildFrom(proto, new FileDescriptor[0]).findMessageTypeByName("R");
    DynamicMessage message =
        DynamicMessage.newBuilder(type)
            .setField(type.findFieldByName("v"), 1.5)
            .addRepeatedField(type.findFieldByName("price"), 60.0)
            .addRepeatedField(type.findFieldByName("price"), 61.5)
            .build();
    String section =
        "format: protobuf, schema-file: '%s', message: R, values: [v], features-ahead: [price]"
            .formatted(file);
    assertThat(ahead(events(section, message.toByteArray()))).containsExactly(60, 61.5);
    for (String wrong : List.of("[v]", "[prices]", "['price[].x']")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> events(section.replace("[price]", wrong), message.toByteArray()))
          .withMessageContaining("expected");
    }
    String each =
        "format: protobuf, schema-file: '%s', message: R, values: [v], each: price".formatted(file);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events(each, message.toByteArray()))
        .withMessage("each: expected an array that the schema has, got price");
    events(section.replace("[price]", "['sensors[kind=roof].hours']"), message.toByteArray());
    for (String wrong : List.of("sensors", "sensors[].hours", "sensors[knd=roof].hours")) {
      assertThatIllegalArgumentException()
          .as(wrong)
          .isThrownBy(
              () -> events(section.replace("[price]", "['" + wrong + "']"), message.toByteArray()))
          .withMessage("expected fields that the schema has, got " + wrong);
    }
    String samples =
        "format: protobuf, schema-file: reading.desc, message: acme.Reading, values: [temperature],"
            + " features-ahead: ['samples[].value']";
    byte[] reading = {33, 0, 0, 0, 0, 0, 0, 52, 64, 66, 5, 21, 0, 0, (byte) 192, 63, 66, 0};
    assertThat(ahead(events(samples, reading))).containsExactly(1.5, 0);
  }

  private static FieldDescriptorProto.Builder field(String name, int number, boolean isRepeated) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(FieldDescriptorProto.Type.TYPE_DOUBLE)
        .setLabel(
            isRepeated
                ? FieldDescriptorProto.Label.LABEL_REPEATED
                : FieldDescriptorProto.Label.LABEL_OPTIONAL);
  }

  @Test
  void pathsAreReadAsTheyAreWritten() {
    for (String path : List.of("a", "a.b", "$.a[].b.c", "a[k=v].b[].c")) {
      assertThat(ArrayPath.parse(path)).hasToString(path);
    }
    assertThat(ArrayPath.parse("a[]")).isEqualTo(ArrayPath.parse("a"));
    for (String wrong : List.of("", "[]", "a[].$.b", "a[].b[k=v].c", "a[].b[].c", "a b")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ArrayPath.parse(wrong))
          .withMessageContaining("expected");
    }
  }
}
