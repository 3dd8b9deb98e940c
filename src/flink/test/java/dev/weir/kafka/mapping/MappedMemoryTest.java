package dev.weir.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.AvroEncoded;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** Legal records that would fill the memory are one dead letter at small cost. */
class MappedMemoryTest {

  private static final String PROTOBUF =
      "format: protobuf, schema-file: reading.desc, message: acme.Reading, each: samples,"
          + " series: [site], values: [value]";
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static MappedRecords records(String section, RecordSource source) {
    MappedRecords records = new MappedRecords(MappedRecordsTest.mapping(section), source);
    records.open(MappedRecords.ALONE);
    return records;
  }

  /** The only event of a record, which allocates at most some bytes. */
  private static String read(MappedRecords records, byte[] bytes, long maxAllocated) {
    List<InputEvent> events = new ArrayList<>();
    SourceRecord source = new SourceRecord("t", 0, 0, 1, null, bytes);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    records.read(source, events::add);
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
    MappedRecords records = records("format: json, each: r, series: [=a, p], values: [v]", null);
    assertThat(read(records, utf8(record), 100_000_000))
        .isEqualTo("series: expected a name of 1 to 1000 characters, got 100000");
    MappedRecords slashes = records("format: json, each: r, series: [p, =a], values: [v]", null);
    assertThat(read(slashes, utf8(record.replace('x', '/')), 100_000_000))
        .startsWith("series: expected a name of 1 to 1000 characters, got ");
  }

  @Test
  void longNumberIsNotReadForEachElement() {
    String record =
        "{\"v\":\"%s\",\"t\":\"%1$s\",\"r\":[%s{}]}"
            .formatted(" ".repeat(100_000) + "1", "{},".repeat(9_999));
    MappedRecords records =
        records("format: json, each: r, series: [=a], values: [v], time: t", null);
    assertThat(read(records, utf8(record), 100_000_000)).startsWith("t: expected a time such as");
  }

  @Test
  void manyEmptyMessagesAreNotBuilt() {
    byte[] samples = new byte[6_000_000]; // 3,000,000 samples of no bytes
    for (int i = 0; i < samples.length; i += 2) {
      samples[i] = (byte) (8 << 3 | 2);
    }
    assertThat(read(records(PROTOBUF, null), samples, 1_000_000))
        .endsWith("record: expected at most 250,000 values, got more");
    byte[] unknown = new byte[600_000]; // fields that the schema does not have
    for (int i = 0; i < unknown.length; i += 2) {
      unknown[i] = 15 << 3;
    }
    assertThat(read(records(PROTOBUF, null), unknown, 1_000_000))
        .endsWith("record: expected at most 250,000 values, got more");
    byte[] groups = new byte[10_000];
    Arrays.fill(groups, (byte) (15 << 3 | 3));
    assertThat(read(records(PROTOBUF, null), groups, 1_000_000))
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
    MappedRecords records =
        records(
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
    assertThat(read(records, AvroEncoded.bytes(record), 5_000_000))
        .contains("expected fewer values");
  }

  @Test
  void manyJsonAndCsvValuesAreNotBuilt() {
    String many = "record: expected at most 250,000 values, got more";
    byte[] objects = utf8("{\"r\":[" + "{},".repeat(2_000_000) + "{}]}");
    String each = ", each: r, series: [=a], values: [v]";
    for (String format : List.of("json", "debezium-json", "canal-json")) {
      String section = format.equals("json") ? each : ", series: [=a], values: [v]";
      assertThat(read(records("format: " + format + section, null), objects, 1_000_000))
          .isEqualTo(many);
    }
    String csv = "format: csv, columns: [v, w], series: [=a], values: [v], features-ahead: [w]";
    assertThat(read(records(csv, null), utf8("1,\"" + "1;".repeat(2_000_000) + "\""), 1_000_000))
        .isEqualTo(many);
  }
}
