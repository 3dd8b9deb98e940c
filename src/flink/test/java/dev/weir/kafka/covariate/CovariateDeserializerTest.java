package dev.weir.kafka.covariate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.mapping.ElementPath;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.kafka.mapping.NamePart;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.mapping.ObservationMapping.OnNull;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.TimeText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CovariateDeserializerTest {

  private static final double NAN = Double.NaN;
  private static final long TIME = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();

  private static CovariateDeserializer reader(ObservationMapping mapping) {
    CovariateDeserializer reader =
        new CovariateDeserializer(
            null, new CovariateTopic("weather", 2, Duration.ofDays(30), mapping), null);
    reader.openAlone();
    return reader;
  }

  private static ObservationMapping mapping(
      String format, List<String> columns, String each, String... features) {
    return new ObservationMapping(
        new ObservationMapping.Format(format, Map.of(), columns, null),
        List.of(NamePart.parse("site")),
        new ObservationMapping.Time(FieldPath.parse("at"), TimeText.Unit.AUTO),
        List.of(),
        OnNull.SKIP,
        new ObservationMapping.Covariates(
            List.of(features).stream().map(FieldPath::parse).toList(), false, List.of()),
        null,
        each == null ? null : ElementPath.parse(each));
  }

  private static List<CovariateEvent> read(ObservationMapping mapping, byte[] value) {
    List<CovariateEvent> events = new ArrayList<>();
    reader(mapping).read(new ConsumerRecord<>("weather", 0, 7, "k".getBytes(), value), events::add);
    return events;
  }

  private static List<CovariateEvent> read(ObservationMapping mapping, String value) {
    return read(mapping, value.getBytes(StandardCharsets.UTF_8));
  }

  private static CovariateUpdate update(String group, long time, double... features) {
    return new CovariateUpdate(group, time, features);
  }

  private static byte[] avro(String group, long time, double... features) {
    List<Double> numbers = DoubleStream.of(features).boxed().toList();
    return AvroBytes.of(new Covariates(group, Instant.ofEpochMilli(time), numbers));
  }

  @Test
  void readsAvroAndJson() {
    byte[] avro = avro("berlin", TIME, -3.5, NAN);
    assertThat(read(null, avro)).containsExactly(update("berlin", TIME, -3.5, NAN));
    assertThat(
            read(
                null,
                "{\"group\":\"berlin\",\"time\":\"2026-01-31T12:00:00Z\",\"features\":[-3.5,null]}"))
        .containsExactly(update("berlin", TIME, -3.5, NAN));
    assertThat(
            read(null, "{\"group\":\"b\",\"time\":%d,\"features\":[1,2],\"x\":3}".formatted(TIME)))
        .containsExactly(update("b", TIME, 1, 2));
  }

  @Test
  void readsOtherRecordsByAMapping() {
    ObservationMapping json = mapping("json", List.of(), null, "temp", "wind.speed");
    assertThat(
            read(
                json,
                "{\"site\":\"b\",\"at\":1769860800,\"temp\":\"-3.5\",\"wind\":{\"speed\":7}}"))
        .containsExactly(update("b", TIME, -3.5, 7));
    assertThat(read(json, "{\"site\":\"b\",\"at\":1769860800,\"temp\":null}"))
        .containsExactly(update("b", TIME, NAN, NAN));
    ObservationMapping csv =
        mapping("csv", List.of("at", "site", "temp", "wind"), null, "wind", "temp");
    assertThat(read(csv, "2026-01-31 12:00,b,,7")).containsExactly(update("b", TIME, 7, NAN));
    ObservationMapping each = mapping("json", List.of(), "hours", "temp", "$.wind");
    assertThat(
            read(
                each,
                "{\"site\":\"b\",\"wind\":5,\"hours\":[{\"at\":1769860800,\"temp\":1},"
                    + "{\"at\":1769864400,\"temp\":2}]}"))
        .containsExactly(update("b", TIME, 1, 5), update("b", TIME + 3_600_000, 2, 5));
  }

  @Test
  void goodElementsCountBesideBadOnes() {
    ObservationMapping each = mapping("json", List.of(), "hours", "temp", "wind");
    List<CovariateEvent> events =
        read(
            each,
            "{\"site\":\"b\",\"hours\":[{\"at\":1769860800,\"temp\":\"warm\"},"
                + "{\"at\":1769864400,\"temp\":1e999},{\"at\":1769860800,\"temp\":2}]}");
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isEqualTo(update("b", TIME, 2, NAN));
    assertThat(((DeadLetter) events.get(1)).reason()).isEqualTo(Reason.NOT_FINITE);
    List<CovariateEvent> none = read(each, "{\"site\":\"b\",\"hours\":[]}");
    assertThat(((DeadLetter) none.get(0)).message())
        .isEqualTo("hours[]: expected covariates, got none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"group\":\"b\",\"time\":1767225600,\"features\":[1]}|FEATURES|features: expected 2, got"
            + " 1",
        "{\"group\":\"b\",\"time\":1767225600,\"features\":[1,1e999]}|NOT_FINITE"
            + "|features[1]: expected a finite number or none, got Infinity",
        "{\"group\":\"\",\"time\":1767225600,\"features\":[1,2]}|SERIES"
            + "|group: expected a name of 1 to 1000 characters, got 0",
        "{\"group\":\"b\",\"time\":\"1969-12-31T23:59:59.999Z\",\"features\":[1,2]}|TIME"
            + "|time: expected 1970 to PT720H from now, got 1969-12-31T23:59:59.999Z",
        "{\"group\":\"b\",\"time\":\"2999-01-01T00:00:00Z\",\"features\":[1,2]}|TIME"
            + "|time: expected 1970 to PT720H from now, got 2999-01-01T00:00:00Z",
        "{\"group\":\"b\",\"time\":1767225600,\"features\":[1,\"2\"]}|MALFORMED"
            + "|features: expected a number or null, got \"2\"",
        "{\"time\":1767225600,\"features\":[1,2]}|MALFORMED|group: expected a value, got nothing",
        "{\"group\":\"b\"|MALFORMED|Covariates: expected a JSON object, got",
        "nonsense|MALFORMED|8 bytes starting \"nonsense\"",
        "''|MALFORMED|0 bytes",
      })
  void whatCanNotBeUsedIsADeadLetterWithItsBytes(String value, Reason reason, String message) {
    List<CovariateEvent> events = read(null, value);
    assertThat(events).hasSize(1);
    DeadLetter letter = (DeadLetter) events.get(0);
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.message()).contains(message);
    assertThat(letter.source().value()).isEqualTo(value.getBytes(StandardCharsets.UTF_8));
    assertThat(letter.source().offset()).isEqualTo(7);
  }

  @Test
  void tombstoneIsADeadLetter() {
    DeadLetter letter = (DeadLetter) read(null, (byte[]) null).get(0);
    assertThat(letter.reason()).isEqualTo(Reason.NULL_VALUE);
    assertThat(letter.message()).isEqualTo("value: expected covariates, got null");
  }

  @Test
  void noBytesMakeItThrow() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] avro = avro("berlin", TIME, -3.5, NAN);
    CovariateDeserializer own = reader(null);
    CovariateDeserializer mapped = reader(mapping("json", List.of(), null, "temp", "wind"));
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = i % 2 == 0 ? avro.clone() : new byte[random.nextInt(60)];
      if (i % 2 == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      } else {
        random.nextBytes(bytes);
      }
      int[] events = new int[1];
      ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("weather", 0, i, null, bytes);
      own.read(record, event -> events[0]++);
      mapped.read(record, event -> events[0]++);
      assertThat(events[0]).isGreaterThanOrEqualTo(2); // one for each line
    }
  }
}
