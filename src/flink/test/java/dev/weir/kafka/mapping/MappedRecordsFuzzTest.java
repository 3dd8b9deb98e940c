package dev.weir.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.codec.ObservationDeserializer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged records of other tools: each is observations, a dead letter with its bytes, or both. */
@Tag("fuzz")
class MappedRecordsFuzzTest {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static List<InputEvent> read(
      ObservationDeserializer reader, byte[] bytes, SplittableRandom random) {
    byte[] key = random.nextInt(8) == 0 ? new byte[] {(byte) random.nextInt()} : null;
    List<InputEvent> events = new ArrayList<>(1);
    reader.read(new ConsumerRecord<>("sensors", 2, 33, key, bytes), events::add);
    return events;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "telegraf.jsonl|format: json, series: [tags.host, name], time: timestamp,"
            + " values: [fields.usage_idle, fields.usage_user], features: [fields.usage_system]",
        "otel.jsonl|format: json, each:"
            + " 'resourceMetrics[].scopeMetrics[].metrics[].gauge.dataPoints', series: [name],"
            + " time: timeUnixNano, values: [asDouble]",
        "debezium.jsonl|format: debezium-json, series: [tank], time: measured_at, values: [level]",
        "lines.csv|format: csv, columns: [device, at, level], series: [device], time: at,"
            + " values: [level]",
        "readings.jsonl|format: json, each: readings, series: [site, sensor], time: at,"
            + " values: [value], label: site",
        "reading.hex|format: protobuf, schema-file: reading.desc, message: acme.Reading,"
            + " each: samples, series: [site, device.id], time: measured_at,"
            + " values: [value, total, others.vibration], features: [temperature]"
      })
  void anyBytesAreObservationsOrADeadLetterAtSmallCost(String file, String mapping)
      throws Exception {
    ObservationDeserializer reader =
        new ObservationDeserializer(
            null, Duration.ofDays(1), null, MappedRecordsTest.mapping(mapping));
    reader.openAlone();
    List<byte[]> samples = new ArrayList<>();
    for (String line : Files.readAllLines(RECORDS.resolve(file))) {
      if (file.endsWith(".hex")) {
        samples.add(HexFormat.of().parseHex(line));
      } else if (!line.contains("\"op\":\"d\"")) { // which is nothing, rightly
        samples.add(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    Fuzzer fuzzer = new Fuzzer(20261128, samples);
    fuzzer.run(
        (bytes, random) -> {
          List<InputEvent> events = read(reader, bytes, random);
          String message = null;
          int observations = 0;
          for (InputEvent event : events) {
            if (event instanceof DeadLetter letter) {
              message = letter.message();
              byte[] value = letter.source().value();
              if (value != bytes && !text(bytes).contains(text(value))) { // of one line
                throw new AssertionError("expected the record's own bytes");
              }
            } else {
              observations++;
              double value = ((ObservationEvent) event).observation().value();
              if (!Double.isFinite(value)) {
                throw new AssertionError("expected a dead letter, got " + event);
              }
            }
          }
          boolean isChange = file.startsWith("debezium");
          if (events.isEmpty() && !isChange) {
            throw new AssertionError("expected an event, got none");
          }
          return message == null ? Outcome.taken(observations) : Outcome.refused(message);
        },
        400_000,
        400);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isPositive();
  }
}
