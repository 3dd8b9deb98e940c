package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Own records of several targets, plain and behind a schema's id. */
class TargetObservationTest {

  private static final double NAN = Double.NaN;
  private static final int TARGETS = 3;
  private static final Observation FULL =
      new Observation(
          "site-7", 5, 1.5, new double[] {NAN, 3, 9}, null, false, new double[] {1, NAN, 2, 4});

  private final ObservationCodec codec = new ObservationCodec(2, TARGETS);

  private static InputEvent event(RegistrySettings registry, byte[] value, byte[] fingerprint) {
    ObservationDeserializer reader =
        new ObservationDeserializer(null, Duration.ofDays(1), registry, null, 2, TARGETS);
    reader.openAlone();
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("o", 0, 1, null, value);
    if (fingerprint != null) {
      record.headers().add(WriterSchemas.HEADER, fingerprint);
    }
    List<InputEvent> events = new ArrayList<>();
    reader.read(record, events::add);
    return events.get(0);
  }

  private static String refused(byte[] value, byte[] fingerprint) {
    DeadLetter letter = (DeadLetter) event(null, value, fingerprint);
    return letter.reason() + ": " + letter.message();
  }

  private byte[] encoded(double value, double... columns) {
    return codec.encode(new Observation("s", 5, value, columns));
  }

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    byte[] bytes = codec.encode(FULL);
    assertThat(codec.decode(bytes, new RecordHeaders())).isEqualTo(FULL);
    assertThat(event(null, bytes, ObservationCodec.targetsFingerprint()))
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(FULL);
    Observation bare = new Observation("s", 5, NAN, new double[] {NAN, 2});
    assertThat(codec.decode(codec.encode(bare), new RecordHeaders())).isEqualTo(bare);
    assertThat(RecordFields.of(bytes, false))
        .containsEntry("series", "site-7")
        .containsEntry("values", "[1.5, null, 3.0]")
        .containsEntry("features", "[9.0]");
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut, new RecordHeaders()))
          .isInstanceOf(MalformedRecordException.class);
    }
    assertThatThrownBy(
            () -> codec.encode(new Observation("s", 5, 1, new double[] {2, 3}, "run", false)))
        .hasMessageStartingWith("expected no label and no end of a window with targets, got");
  }

  @Test
  void wrongNumbersAreDeadLetters() {
    assertThat(
            refused(
                new ObservationCodec(0, 2).encode(new Observation("s", 5, 1, new double[] {2})),
                null))
        .isEqualTo("FEATURES: values: expected 3 numbers, as targets says, got 2");
    assertThat(refused(encoded(NAN, NAN, NAN), null))
        .isEqualTo("NOT_FINITE: values: expected a number of one target at least, got none");
    assertThat(refused(encoded(1, 2, Double.NEGATIVE_INFINITY), null))
        .isEqualTo("NOT_FINITE: values[2]: expected a finite number or null, got -Infinity");
    assertThat(refused(encoded(1, 2, 3, NAN), null))
        .isEqualTo("NOT_FINITE: features[0]: expected a finite number, got NaN");
  }

  @Test
  void damagedBytesAreDeadLettersOrObservations() {
    byte[] bytes = codec.encode(FULL);
    Random random = new Random(41);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      refused += event(null, damaged, null) instanceof DeadLetter ? 1 : 0;
    }
    assertThat(refused).isBetween(100, 1_999);
  }

  @Test
  void recordOfTheOtherKindIsNamed() {
    byte[] single = new ObservationCodec().encode(new Observation("s", 5, 1.5));
    String message =
        "MALFORMED: observation: expected values of 3 targets, as targets says, got a single value";
    assertThat(refused(single, ObservationCodec.fingerprint())).startsWith(message);
    assertThat(refused(single, null)).startsWith(message);
    RecordHeaders headers = new RecordHeaders();
    headers.add(WriterSchemas.HEADER, ObservationCodec.targetsFingerprint());
    assertThatThrownBy(() -> new ObservationCodec().decode(codec.encode(FULL), headers))
        .hasMessage(
            "observation: expected a single value, since the job has no targets, got several");
  }

  private static RegistrySettings knowing(Schema schema) {
    return RegistrySettings.of("http://localhost:1", Map.of(), Duration.ofMillis(1))
        .registered(-1, -1, -1, Map.of(7, schema.toString()));
  }

  private static byte[] withId(byte[] avro) {
    byte[] bytes = new byte[5 + avro.length];
    bytes[4] = 7;
    System.arraycopy(avro, 0, bytes, 5, avro.length);
    return bytes;
  }

  @Test
  void writersOfOtherSchemasAreResolved() throws Exception {
    assertThat(event(knowing(WriterSchemas.TARGET_OBSERVATION), withId(codec.encode(FULL)), null))
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(FULL);
    Schema foreign =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Grid", "fields": [
                  {"name": "values", "type": {"type": "array", "items": ["double", "null"]}},
                  {"name": "note", "type": "string"},
                  {"name": "series", "type": "string"},
                  {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
                """);
    GenericRecord record =
        new GenericRecordBuilder(foreign)
            .set("values", Arrays.asList(1.0, null, 3.0))
            .set("note", "x")
            .set("series", "s")
            .set("time", 5L)
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(foreign).write(record, out);
    out.flush();
    assertThat(event(knowing(foreign), withId(bytes.toByteArray()), null))
        .extracting(event -> ((ObservationEvent) event).observation())
        .isEqualTo(new Observation("s", 5, 1, new double[] {NAN, 3}));
    assertThatThrownBy(() -> ObservationReader.of(WriterSchemas.OBSERVATION, -1, TARGETS))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("values");
  }
}
