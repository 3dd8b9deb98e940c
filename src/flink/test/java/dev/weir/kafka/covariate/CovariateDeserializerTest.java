package dev.weir.kafka.covariate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.codec.RecordDeserializer;
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
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covariates, and forecasts of outside models. */
class CovariateDeserializerTest {

  private static final double NAN = Double.NaN;
  private static final long TIME = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final long RECORDED = TIME + 60_000;

  private static CovariateDeserializer reader(ObservationMapping mapping) {
    return new CovariateDeserializer(
        null, new CovariateTopic("weather", 2, Duration.ofDays(30), mapping), null);
  }

  private static OutsideDeserializer outside() {
    List<String> models = List.of("lear", "dnn");
    return new OutsideDeserializer(
        null,
        new OutsideTopic("outside", models, HOUR, Duration.ofDays(30), Duration.ofHours(1)),
        null);
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

  private static List<CovariateEvent> read(
      RecordDeserializer<CovariateEvent> reader, byte[] value) {
    reader.openAlone();
    List<CovariateEvent> events = new ArrayList<>();
    reader.read(
        new ConsumerRecord<>(
            "t",
            0,
            7,
            RECORDED,
            TimestampType.CREATE_TIME,
            1,
            1,
            "k".getBytes(),
            value,
            new RecordHeaders(),
            Optional.empty()),
        events::add);
    return events;
  }

  private static List<CovariateEvent> read(
      RecordDeserializer<CovariateEvent> reader, String value) {
    return read(reader, value.getBytes(StandardCharsets.UTF_8));
  }

  private static List<CovariateEvent> read(ObservationMapping mapping, String value) {
    return read(reader(mapping), value);
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
    assertThat(read(reader(null), avro)).containsExactly(update("berlin", TIME, -3.5, NAN));
    assertThat(
            read(
                reader(null),
                "{\"group\":\"berlin\",\"time\":\"2026-01-31T12:00:00Z\",\"features\":[-3.5,null]}"))
        .containsExactly(update("berlin", TIME, -3.5, NAN));
    assertThat(
            read(
                reader(null),
                "{\"group\":\"b\",\"time\":%d,\"features\":[1,2],\"x\":3}".formatted(TIME)))
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
      textBlock =
          """
          {"group":"b","time":1767225600,"features":[1]}|FEATURES|features: expected 2, got 1
          {"group":"b","time":1767225600,"features":[1,1e999]}|NOT_FINITE|features[1]: expected a finite number or none, got Infinity
          {"group":"","time":1767225600,"features":[1,2]}|SERIES|group: expected a name of 1 to 1000 characters, got 0
          {"group":"b","time":"1969-12-31T23:59:59.999Z","features":[1,2]}|TIME|time: expected 1970 to PT720H from now, got 1969-12-31T23:59:59.999Z
          {"group":"b","time":"2999-01-01T00:00:00Z","features":[1,2]}|TIME|time: expected 1970 to PT720H from now, got 2999-01-01T00:00:00Z
          {"group":"b","time":1767225600,"features":[1,"2"]}|MALFORMED|features: expected a number or null, got "2"
          {"time":1767225600,"features":[1,2]}|MALFORMED|group: expected a value, got nothing
          {"group":"b"|MALFORMED|Covariates: expected a JSON object, got
          nonsense|MALFORMED|8 bytes starting "nonsense"
          ''|MALFORMED|0 bytes
          """)
  void whatCanNotBeUsedIsADeadLetterWithItsBytes(String value, Reason reason, String message) {
    assertRefused(reader(null), value, reason, message);
  }

  private static void assertRefused(
      RecordDeserializer<CovariateEvent> reader, String value, Reason reason, String message) {
    List<CovariateEvent> events = read(reader, value);
    assertThat(events).hasSize(1);
    DeadLetter letter = (DeadLetter) events.get(0);
    assertThat(letter.message()).contains(message);
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.source().value()).isEqualTo(value.getBytes(StandardCharsets.UTF_8));
    assertThat(letter.source().offset()).isEqualTo(7);
  }

  @Test
  void tombstoneIsADeadLetter() {
    DeadLetter letter = (DeadLetter) read(reader(null), (byte[]) null).get(0);
    assertThat(letter.reason()).isEqualTo(Reason.NULL_VALUE);
    assertThat(letter.message()).isEqualTo("value: expected covariates, got null");
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
    OutsideDeserializer outside = outside();
    OutsideForecast times =
        forecast()
            .setMade(Instant.ofEpochMilli(TIME))
            .setTimes(
                List.of(Instant.ofEpochMilli(TIME + 1), Instant.ofEpochMilli(TIME + 5 * HOUR)))
            .build();
    assertThat(read(outside, AvroBytes.of(times)))
        .containsExactly(update(TIME, new long[] {TIME + 1, TIME + 5 * HOUR}, 1.5, NAN));
    OutsideForecast origin = forecast().setOrigin(Instant.ofEpochMilli(TIME)).build();
    assertThat(read(outside, AvroBytes.of(origin)))
        .as("made when it was recorded")
        .containsExactly(update(RECORDED, new long[] {TIME + HOUR, TIME + 2 * HOUR}, 1.5, NAN));
  }

  @Test
  void readsOutsideForecastsOfJson() {
    assertThat(
            read(
                outside(),
                "{\"series\":\"b\",\"model\":\"lear\",\"made\":\"2026-01-31T12:00:00Z\","
                    + "\"times\":[\"2026-01-31T13:00:00Z\",1769868000],\"values\":[1,null]}"))
        .containsExactly(update(TIME, new long[] {TIME + HOUR, TIME + 2 * HOUR}, 1, NAN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'model':'x','origin':1769860800,'values':[1]|MODEL|model: expected one of [lear, dnn], got 'x'
          'model':'lear','origin':1769860800,'values':[]|FEATURES|values: expected 1 to 4096, got 0
          'model':'lear','values':[1]|FEATURES|times: expected 1 as of values, or none and an origin, got 0
          'model':'lear','origin':1769860800,'times':[1769860800],'values':[1]|FEATURES|times: expected none (0) with an origin, got 1
          'model':'lear','times':[1769860800,1769860800],'values':[1,2]|TIME|times[1]: expected after 2026-01-31T12:00:00Z, got 2026-01-31T12:00:00Z
          'model':'lear','origin':1769860800,'values':[1,1e999]|NOT_FINITE|values[1]: expected a finite number or none, got Infinity
          'model':'lear','made':'2999-01-01','origin':1769860800,'values':[1]|TIME|made: expected 1970 to PT1H from now, got 2999-01-01T00:00:00Z
          'model':'lear','origin':'2999-01-01','values':[1]|TIME|times: expected 1970 to PT720H from now, got 2999-01-01T01:00:00Z
          'model':'lear','times':['1960-01-01'],'values':[1]|TIME|times: expected 1970 to
          'model':'lear','origin':9223372036854775000,'values':[1,2]|TIME|times: expected 1970 to PT720H from now, got 2262-04-12T00:47:16.854Z
          'model':7,'origin':1769860800,'values':[1]|MALFORMED|model: expected a text, got 7
          """)
  void outsideForecastThatCanNotBeUsedIsADeadLetter(String fields, Reason reason, String message) {
    String value = "{\"series\":\"b\"," + fields.replace('\'', '"') + "}";
    assertRefused(outside(), value, reason, message);
  }

  @Test
  void stepsOfARecordAreBounded() {
    String many = "1,".repeat(OutsideDeserializer.MAX_STEPS);
    String start = "{\"series\":\"b\",\"model\":\"lear\",\"origin\":1567296000,\"values\":[";
    List<CovariateEvent> right = read(outside(), start + many.replaceAll(",$", "]}"));
    assertThat(((OutsideUpdate) right.get(0)).times()).hasSize(OutsideDeserializer.MAX_STEPS);
    List<CovariateEvent> tooMany = read(outside(), start + many + "1]}");
    assertThat(((DeadLetter) tooMany.get(0)).message())
        .isEqualTo("values: expected 1 to 4096, got 4097");
  }
}
