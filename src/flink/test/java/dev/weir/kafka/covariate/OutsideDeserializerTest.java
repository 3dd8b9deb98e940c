package dev.weir.kafka.covariate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutsideDeserializerTest {

  private static final double NAN = Double.NaN;
  private static final long HOUR = 3_600_000;
  private static final long TIME = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
  private static final long RECORDED = TIME + 60_000;

  private static OutsideDeserializer reader() {
    List<String> models = List.of("lear", "dnn");
    OutsideTopic topic =
        new OutsideTopic("outside", models, HOUR, Duration.ofDays(30), Duration.ofHours(1));
    OutsideDeserializer reader = new OutsideDeserializer(null, topic, null);
    reader.openAlone();
    return reader;
  }

  private static List<CovariateEvent> read(OutsideDeserializer reader, byte[] value) {
    List<CovariateEvent> events = new ArrayList<>();
    reader.read(
        new ConsumerRecord<>(
            "outside",
            0,
            7,
            RECORDED,
            TimestampType.CREATE_TIME,
            1,
            1,
            "k".getBytes(),
            value,
            new RecordHeaders(),
            java.util.Optional.empty()),
        events::add);
    return events;
  }

  private static List<CovariateEvent> read(OutsideDeserializer reader, String value) {
    return read(reader, value.getBytes(StandardCharsets.UTF_8));
  }

  private static OutsideUpdate update(long made, long[] times, double... values) {
    return new OutsideUpdate("b", "lear", made, times, values);
  }

  private static OutsideForecast.Builder forecast() {
    return OutsideForecast.newBuilder()
        .setSeries("b")
        .setModel("lear")
        .setValues(List.of(1.5, NAN));
  }

  @Test
  void readsAvroWithTimesOrAnOrigin() {
    OutsideDeserializer reader = reader();
    OutsideForecast times =
        forecast()
            .setMade(Instant.ofEpochMilli(TIME))
            .setTimes(
                List.of(Instant.ofEpochMilli(TIME + 1), Instant.ofEpochMilli(TIME + 5 * HOUR)))
            .build();
    assertThat(read(reader, AvroBytes.of(times)))
        .containsExactly(update(TIME, new long[] {TIME + 1, TIME + 5 * HOUR}, 1.5, NAN));
    OutsideForecast origin = forecast().setOrigin(Instant.ofEpochMilli(TIME)).build();
    assertThat(read(reader, AvroBytes.of(origin)))
        .as("made when it was recorded")
        .containsExactly(update(RECORDED, new long[] {TIME + HOUR, TIME + 2 * HOUR}, 1.5, NAN));
  }

  @Test
  void readsJson() {
    assertThat(
            read(
                reader(),
                "{\"series\":\"b\",\"model\":\"lear\",\"made\":\"2026-01-31T12:00:00Z\","
                    + "\"times\":[\"2026-01-31T13:00:00Z\",1769868000],\"values\":[1,null]}"))
        .containsExactly(update(TIME, new long[] {TIME + HOUR, TIME + 2 * HOUR}, 1, NAN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'model':'x','origin':1769860800,'values':[1]|MODEL"
            + "|model: expected one of [lear, dnn], got 'x'",
        "'model':'lear','origin':1769860800,'values':[]|FEATURES"
            + "|values: expected 1 to 4096, got 0",
        "'model':'lear','values':[1]|FEATURES"
            + "|times: expected 1 as of values, or none and an origin, got 0",
        "'model':'lear','origin':1769860800,'times':[1769860800],'values':[1]|FEATURES"
            + "|times: expected none (0) with an origin, got 1",
        "'model':'lear','times':[1769860800,1769860800],'values':[1,2]|TIME"
            + "|times[1]: expected after 2026-01-31T12:00:00Z, got 2026-01-31T12:00:00Z",
        "'model':'lear','origin':1769860800,'values':[1,1e999]|NOT_FINITE"
            + "|values[1]: expected a finite number or none, got Infinity",
        "'model':'lear','made':'2999-01-01','origin':1769860800,'values':[1]|TIME"
            + "|made: expected 1970 to PT1H from now, got 2999-01-01T00:00:00Z",
        "'model':'lear','origin':'2999-01-01','values':[1]|TIME"
            + "|times: expected 1970 to PT720H from now, got 2999-01-01T01:00:00Z",
        "'model':'lear','times':['1960-01-01'],'values':[1]|TIME|times: expected 1970 to",
        "'model':'lear','origin':9223372036854775000,'values':[1,2]|TIME"
            + "|times: expected 1970 to PT720H from now, got 2262-04-12T00:47:16.854Z",
        "'model':7,'origin':1769860800,'values':[1]|MALFORMED|model: expected a text, got 7",
      })
  void whatCanNotBeUsedIsADeadLetterWithItsBytes(String fields, Reason reason, String message) {
    String value = "{\"series\":\"b\"," + fields.replace('\'', '"') + "}";
    List<CovariateEvent> events = read(reader(), value);
    assertThat(events).hasSize(1);
    DeadLetter letter = (DeadLetter) events.get(0);
    assertThat(letter.message()).contains(message);
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.source().value()).isEqualTo(value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void stepsOfARecordAreBounded() {
    String many = "1,".repeat(OutsideDeserializer.MAX_STEPS);
    String start = "{\"series\":\"b\",\"model\":\"lear\",\"origin\":1567296000,\"values\":[";
    List<CovariateEvent> right = read(reader(), start + many.replaceAll(",$", "]}"));
    assertThat(((OutsideUpdate) right.get(0)).times()).hasSize(OutsideDeserializer.MAX_STEPS);
    List<CovariateEvent> tooMany = read(reader(), start + many + "1]}");
    assertThat(((DeadLetter) tooMany.get(0)).message())
        .isEqualTo("values: expected 1 to 4096, got 4097");
  }

  @Test
  void noBytesMakeItThrow() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] avro = AvroBytes.of(forecast().setOrigin(Instant.ofEpochMilli(TIME)).build());
    OutsideDeserializer own = reader();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = i % 2 == 0 ? avro.clone() : new byte[random.nextInt(60)];
      if (i % 2 == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      } else {
        random.nextBytes(bytes);
      }
      assertThat(read(own, bytes)).isNotEmpty();
    }
  }
}
