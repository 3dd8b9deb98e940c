package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
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

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    for (Observation observation : List.of(PLAIN, FEATURED)) {
      assertThat(codec.decode(codec.encode(observation), none())).isEqualTo(observation);
      assertThat(codec.decode(codec.encode(observation), headers(WriterSchemas.OBSERVATION)))
          .isEqualTo(observation);
    }
  }

  @Test
  void theLabelOfAnObservationIsDecoded() throws Exception {
    double[] features = {3.5};
    List<Observation> marked =
        List.of(
            new Observation("pump-7", 12, -1.5, features, "läuft"),
            new Observation("pump-7", 13, -1.5, Observation.NO_FEATURES, "x"));
    for (Observation observation : marked) {
      byte[] bytes = codec.encode(observation);
      assertThat(codec.decode(bytes, none())).isEqualTo(observation);
      assertThat(codec.decode(codec.encode(PLAIN), none())).isEqualTo(PLAIN);
      assertThat(codec.decode(bytes, headers(WriterSchemas.LABELLED_OBSERVATION)))
          .isEqualTo(observation);
      Headers ours = new RecordHeaders().add("weir-schema", ObservationCodec.markedFingerprint());
      assertThat(codec.decode(bytes, ours)).isEqualTo(observation);
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(WriterSchemas.LABELLED_OBSERVATION)
              .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
      assertThat(record.get("label").toString()).isEqualTo(observation.label());
    }
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(WriterSchemas.OBSERVATION)
            .read(null, DecoderFactory.get().binaryDecoder(codec.encode(FEATURED), null));
    assertThat(record.get("series").toString()).isEqualTo("größe");
    assertThat(record.get("time")).isEqualTo(1L);
    assertThat(record.get("value")).isEqualTo(2.5);
    assertThat(record.get("features")).isEqualTo(List.of(3.5, -4.5));
  }

  @Test
  void observationsWrittenWithoutTheOptionalFieldsAreRead() throws Exception {
    byte[] bytes = written(OLDER, PLAIN);
    assertThat(codec.decode(bytes, none())).isEqualTo(PLAIN);
    assertThat(codec.decode(bytes, headers(OLDER))).isEqualTo(PLAIN);
  }

  @Test
  void oldAndNewProducersMayShareATopic() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(codec.decode(written(OLDER, PLAIN), none())).isEqualTo(PLAIN);
      assertThat(codec.decode(codec.encode(FEATURED), none())).isEqualTo(FEATURED);
      assertThat(codec.decode(codec.encode(PLAIN), none())).isEqualTo(PLAIN);
    }
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
}
