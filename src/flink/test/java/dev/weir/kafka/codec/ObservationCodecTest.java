package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.ForecastModel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ObservationCodecTest {

  /** What a producer has that never heard of the optional fields. */
  private static final Schema OLDER =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Observation", "namespace": "dev.weir.kafka.avro", "fields": [
                {"name": "series", "type": "string"},
                {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "value", "type": "double"}]}
              """);

  private static final Observation PLAIN = new Observation("pump-7", 1_234_567_890_123L, -1.5);
  private static final Observation FEATURED =
      new Observation("größe", 1, 2.5, new double[] {3.5, -4.5});

  private final ObservationCodec codec = new ObservationCodec();

  private static Headers headers(Schema schema) {
    byte[] fingerprint =
        ByteBuffer.allocate(8).putLong(SchemaNormalization.parsingFingerprint64(schema)).array();
    return new RecordHeaders().add("weir-schema", fingerprint);
  }

  private static Headers none() {
    return new RecordHeaders();
  }

  private static byte[] written(Schema schema, Observation observation) throws Exception {
    GenericRecordBuilder record =
        new GenericRecordBuilder(schema)
            .set("series", observation.series())
            .set("time", observation.time())
            .set("value", observation.value());
    return AvroEncoded.bytes(record.build());
  }

  /** Beside what older producers write to the same topic. */
  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    ObservationCodec codec = new ObservationCodec(2);
    for (Observation observation :
        List.of(
            PLAIN,
            FEATURED,
            observation(new double[] {3.5}, "läuft"),
            observation(NONE, "x"),
            observation(NONE, null, 1, 2, NAN, 4, 5, -6),
            observation(new double[] {3, 4, 5}, "läuft", 1, 2),
            observation(NONE, null, NAN, NAN))) {
      boolean isAhead = observation.ahead().length > 0;
      boolean isLabelled = observation.label() != null;
      Schema schema =
          isAhead
              ? WriterSchemas.COVARIATE_OBSERVATION
              : isLabelled ? WriterSchemas.LABELLED_OBSERVATION : WriterSchemas.OBSERVATION;
      byte[] named =
          isAhead
              ? ObservationCodec.aheadFingerprint()
              : isLabelled ? ObservationCodec.markedFingerprint() : ObservationCodec.fingerprint();
      Headers ours = new RecordHeaders().add(ObservationCodec.fingerprintHeader(), named);
      byte[] bytes = codec.encode(observation);
      for (Headers headers : List.of(none(), headers(schema), ours)) {
        assertThat(codec.decode(bytes, headers)).isEqualTo(observation);
        assertThat(codec.decode(written(OLDER, PLAIN), none())).isEqualTo(PLAIN);
      }
      assertThat(read(-1, null, bytes)).isEqualTo(observation);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encode(observation(NONE, null, 1, 2, 3)))
        .withMessage("features_ahead: expected vectors of 2 numbers, got 3 numbers");
  }

  private static GenericRecord record(Schema schema, Observation observation) throws Exception {
    byte[] bytes = new ObservationCodec(2).encode(observation);
    return new GenericDatumReader<GenericRecord>(schema)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericRecord record = record(WriterSchemas.OBSERVATION, FEATURED);
    assertThat(record.get("series").toString()).isEqualTo("größe");
    assertThat(record.get("time")).isEqualTo(1L);
    assertThat(record.get("value")).isEqualTo(2.5);
    assertThat(record.get("features")).isEqualTo(List.of(3.5, -4.5));
    assertThat(record(WriterSchemas.LABELLED_OBSERVATION, observation(NONE, "läuft")).get("label"))
        .hasToString("läuft");
    Observation ahead = observation(NONE, null, 1, 2, NAN, 4);
    assertThat(record(WriterSchemas.COVARIATE_OBSERVATION, ahead).get("features_ahead"))
        .isEqualTo(List.of(List.of(1.0, 2.0), Arrays.asList(null, 4.0)));
  }

  @Test
  void observationsWrittenWithoutTheOptionalFieldsAreRead() throws Exception {
    byte[] bytes = written(OLDER, PLAIN);
    assertThat(codec.decode(bytes, none())).isEqualTo(PLAIN);
    assertThat(codec.decode(bytes, headers(OLDER))).isEqualTo(PLAIN);
  }

  @Test
  void bytesThatAreNotWhatTheirHeaderSaysAreRefused() throws Exception {
    byte[] older = written(OLDER, PLAIN);
    assertThatThrownBy(() -> codec.decode(older, headers(WriterSchemas.OBSERVATION)))
        .isInstanceOf(MalformedRecordException.class);
    assertThatThrownBy(() -> codec.decode(older, headers(Schema.create(Schema.Type.STRING))))
        .hasMessageStartingWith("header weir-schema: expected the fingerprint of a known schema");
    Headers shortOne = new RecordHeaders().add("weir-schema", new byte[] {1, 2});
    assertThatThrownBy(() -> codec.decode(older, shortOne))
        .hasMessage("header weir-schema: expected 8 bytes, got 2");
  }

  @Test
  void eachTruncationIsRefusedOrIsTheSameObservationInTheOlderSchema() throws Exception {
    byte[] bytes = codec.encode(PLAIN);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      if (length == bytes.length - 1) { // without the empty list of features
        assertThat(codec.decode(cut, none())).isEqualTo(PLAIN);
      } else {
        assertThatThrownBy(() -> codec.decode(cut, none()))
            .isInstanceOf(MalformedRecordException.class);
      }
    }
  }

  private static final double NAN = Double.NaN;
  private static final double[] NONE = Observation.NO_FEATURES;

  private static Observation observation(double[] features, String label, double... ahead) {
    return new Observation("größe", 12, -1.5, features, label, ahead);
  }

  private static InputEvent event(int ahead, RegistrySettings registry, byte[] value) {
    ObservationDeserializer deserializer =
        new ObservationDeserializer(null, Duration.ofDays(1), registry, null, ahead);
    deserializer.openAlone();
    List<InputEvent> events = new ArrayList<>();
    deserializer.read(new ConsumerRecord<>("observations", 2, 33, null, value), events::add);
    return events.get(0);
  }

  private static Observation read(int ahead, RegistrySettings registry, byte[] value) {
    InputEvent event = event(ahead, registry, value);
    assertThat(event).isInstanceOf(ObservationEvent.class);
    return ((ObservationEvent) event).observation();
  }

  private static DeadLetter letter(int ahead, byte[] value) {
    return (DeadLetter) event(ahead, null, value);
  }

  @Test
  void observationIsReadFromBytesWrittenByHand() {
    byte[] value =
        HexFormat.of()
            .parseHex(
                "0270" // a string of one byte, "p"
                    + "06" // time 3: zig-zag
                    + "000000000000f83f" // 1.5, little-endian
                    + "00" // no features
                    + "00" // no label
                    + "04" // two steps
                    + "04"
                    + "02"
                    + "0000000000000040"
                    + "00"
                    + "00" // 2.0 and null
                    + "03"
                    + "24"
                    + "02"
                    + "0000000000000840"
                    + "02"
                    + "0000000000001040"
                    + "00"
                    + "00"); // a block of 18 bytes with 3.0 and 4.0; the end
    assertThat(read(2, null, value))
        .isEqualTo(new Observation("p", 3, 1.5, NONE, null, new double[] {2, NAN, 3, 4}));
  }

  @Test
  void vectorsOfAnotherLengthAreADeadLetter() {
    byte[] bytes = new ObservationCodec(2).encode(observation(NONE, null, 1, 2, NAN, 4, 5, 6));
    DeadLetter other = letter(3, bytes);
    assertThat(other.reason()).isEqualTo(Reason.FEATURES);
    assertThat(other.message())
        .isEqualTo("features_ahead[0]: expected 3 numbers, as window.features-ahead says, got 2");
    assertThat(letter(0, bytes).message()).contains("expected 0 numbers").endsWith("got 2");
    assertThat(read(0, null, new ObservationCodec().encode(observation(NONE, null))).ahead())
        .isEmpty();
  }

  @Test
  void vectorsOfSeveralLengthsAreADeadLetterForEveryReader() throws Exception {
    GenericRecord ragged =
        record(WriterSchemas.COVARIATE_OBSERVATION, List.of(1.0, 2.0), List.of(3.0));
    DeadLetter letter = letter(-1, AvroEncoded.bytes(ragged));
    assertThat(letter.reason()).isEqualTo(Reason.FEATURES);
    assertThat(letter.message())
        .startsWith("features_ahead[1]: expected 2 numbers,")
        .endsWith("got 1");
  }

  @Test
  void infinityIsADeadLetterAndNanIsNotKnown() throws Exception {
    Schema schema = WriterSchemas.COVARIATE_OBSERVATION;
    double infinite = Double.NEGATIVE_INFINITY;
    DeadLetter letter =
        letter(2, AvroEncoded.bytes(record(schema, List.of(1.0, 2.0), List.of(NAN, infinite))));
    assertThat(letter.reason()).isEqualTo(Reason.NOT_FINITE);
    assertThat(letter.message())
        .isEqualTo("features_ahead: expected finite numbers or null, got -Infinity as number 4");
    assertThat(read(2, null, AvroEncoded.bytes(record(schema, List.of(1.0, NAN)))).ahead())
        .containsExactly(1, NAN);
  }

  /** Nulls of a byte each, and vectors of more covariates than any job has. */
  @Test
  void stepsThatNoForecastHasAreNotKept() throws Exception {
    assertThat(AheadVectors.MAX_STEPS).isEqualTo(ForecastModel.MAX_HORIZON);
    double[] ahead = new double[3 * (ForecastModel.MAX_HORIZON + 500)];
    Arrays.fill(ahead, NAN);
    ahead[7] = 5;
    byte[] bytes = new ObservationCodec(3).encode(observation(NONE, null, ahead));
    double[] kept = Arrays.copyOf(ahead, 3 * ForecastModel.MAX_HORIZON);
    assertThat(read(3, null, bytes).ahead()).containsExactly(kept);
    assertThat(read(AheadVectors.ANY_LENGTH, null, bytes).ahead()).containsExactly(ahead);
    assertThat(letter(2, bytes).reason()).isEqualTo(Reason.FEATURES);
    assertThat(letter(0, bytes).reason()).isEqualTo(Reason.FEATURES);
    double[] wide = new double[2 * 30_000];
    byte[] two = new ObservationCodec(30_000).encode(observation(NONE, null, wide));
    assertThat(read(AheadVectors.ANY_LENGTH, null, two).ahead()).hasSize(2 * 30_000);
    byte[] one = new ObservationCodec(60_000).encode(observation(NONE, null, wide));
    assertThat(read(AheadVectors.ANY_LENGTH, null, one).ahead()).hasSize(60_000);
    double[] wider = new double[3 * 50_000];
    byte[] three = new ObservationCodec(50_000).encode(observation(NONE, null, wider));
    assertThat(read(AheadVectors.ANY_LENGTH, null, three).ahead()).hasSize(50_000);
  }

  @Test
  void cutCovariatesAreRefused() {
    byte[] bytes = new ObservationCodec(2).encode(observation(NONE, null, 1, 2, NAN, 4));
    RecordHeaders headers = new RecordHeaders();
    headers.add(ObservationCodec.fingerprintHeader(), ObservationCodec.aheadFingerprint());
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> new ObservationCodec(2).decode(cut, headers))
          .isInstanceOf(MalformedRecordException.class);
    }
  }

  /** What {@code weir doctor} says of a record. */
  @Test
  void validatorNamesWhatTheJobWouldRefuse() {
    RecordValidator records = new RecordValidator(Duration.ofDays(1), 0, 2, null, null);
    byte[] right = new ObservationCodec(2).encode(observation(NONE, null, 1, NAN));
    byte[] wrong = new ObservationCodec(3).encode(observation(NONE, null, 1, 2, 3));
    assertThat(records.observation(new ConsumerRecord<>("t", 0, 0, null, right))).isNull();
    assertThat(records.takeExamples())
        .containsExactly("größe at 1970-01-01T00:00:00.012Z: -1.5 ahead [1.0, NaN]");
    assertThat(records.observation(new ConsumerRecord<>("t", 0, 1, null, wrong)))
        .isEqualTo(
            "FEATURES: features_ahead[0]: expected 2 numbers, as window.features-ahead says, got"
                + " 3");
  }

  // ---- registry

  private static RegistrySettings knowing(Schema writer) {
    return RegisteredRecordsTest.knowing(Map.of(6, writer.toString()));
  }

  private static byte[] framed(GenericRecord record) throws Exception {
    return RegisteredRecordsTest.framed(6, AvroEncoded.bytes(record));
  }

  private static Schema foreign(String ahead) {
    return new Schema.Parser()
        .parse(
            """
            {"type": "record", "name": "load", "fields": [
              {"name": "features_ahead", "type": %s},
              {"name": "value", "type": "int"}, {"name": "series", "type": "string"},
              {"name": "time", "type": "long"}]}
            """
                .formatted(ahead));
  }

  @SafeVarargs
  private static GenericRecord record(Schema schema, List<?>... vectors) {
    boolean isInt = schema.getField("value").schema().getType() == Schema.Type.INT;
    return new GenericRecordBuilder(schema)
        .set("features_ahead", vectors == null ? null : Arrays.asList(vectors))
        .set("value", isInt ? (Object) 7 : (Object) 7.0)
        .set("series", "p")
        .set("time", 3L)
        .build();
  }

  @Test
  void foreignVectorsAreResolved() throws Exception {
    String vectors = "{\"type\": \"array\", \"items\": {\"type\": \"array\", \"items\": %s}}";
    Schema ints = foreign(vectors.formatted("\"int\""));
    byte[] bytes = framed(record(ints, List.of(1, 2), List.of(3, 4)));
    assertThat(read(2, knowing(ints), bytes).ahead()).containsExactly(1, 2, 3, 4);
    assertThat(event(1, knowing(ints), bytes))
        .isInstanceOfSatisfying(
            DeadLetter.class, letter -> assertThat(letter.reason()).isEqualTo(Reason.FEATURES));
    Schema maybe = foreign("[\"null\", " + vectors.formatted("[\"double\", \"null\"]") + "]");
    byte[] some = framed(record(maybe, Arrays.asList(1.0, null)));
    assertThat(read(2, knowing(maybe), some).ahead()).containsExactly(1, NAN);
    byte[] nothing = framed(record(maybe, (List<?>[]) null));
    assertThat(read(2, knowing(maybe), nothing))
        .isEqualTo(new Observation("p", 3, 7)); // value and what comes after are read, too
  }

  @Test
  void foreignFieldOfAnotherTypeIsRefused() throws Exception {
    Schema flat = foreign("{\"type\": \"array\", \"items\": \"double\"}");
    assertThatThrownBy(() -> ObservationReader.of(flat))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessage(
            "schema load: features_ahead: expected an array of arrays of numbers, got"
                + " {\"type\":\"array\",\"items\":\"double\"}");
  }

  /** A registry that checks compatibility takes the schema as the next version, both ways. */
  @Test
  void registeredSchemaEvolvesFromTheOneBefore() {
    Schema before = WriterSchemas.OBSERVATION;
    Schema after = WriterSchemas.REGISTERED_COVARIATE_OBSERVATION;
    for (List<Schema> pair : List.of(List.of(before, after), List.of(after, before))) {
      assertThat(
              SchemaCompatibility.checkReaderWriterCompatibility(pair.get(0), pair.get(1))
                  .getType())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
  }
}
