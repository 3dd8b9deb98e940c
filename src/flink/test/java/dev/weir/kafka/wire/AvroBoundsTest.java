package dev.weir.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.AvroEncoded;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class AvroBoundsTest {

  private static final Schema ALL =
      SchemaBuilder.record("All")
          .fields()
          .requiredString("text")
          .requiredBytes("raw")
          .requiredInt("small")
          .requiredLong("big")
          .requiredFloat("f")
          .requiredDouble("d")
          .requiredBoolean("yes")
          .optionalString("maybe")
          .name("list")
          .type()
          .array()
          .items()
          .longType()
          .noDefault()
          .name("map")
          .type()
          .map()
          .values()
          .stringType()
          .noDefault()
          .name("e")
          .type()
          .enumeration("E")
          .symbols("A", "B")
          .noDefault()
          .endRecord();

  private final AvroBounds bounds = new AvroBounds();

  private static byte[] example() throws Exception {
    GenericRecord record =
        new GenericRecordBuilder(ALL)
            .set("text", "größe")
            .set("raw", ByteBuffer.wrap(new byte[] {1, 2, 3}))
            .set("small", -7)
            .set("big", Long.MIN_VALUE)
            .set("f", 1.5f)
            .set("d", Double.NaN)
            .set("yes", true)
            .set("maybe", "x")
            .set("list", List.of(1L, -300L, Long.MAX_VALUE))
            .set("map", Map.of("k", "v"))
            .set(
                "e",
                new org.apache.avro.generic.GenericData.EnumSymbol(ALL.getField("e").schema(), "B"))
            .build();
    return AvroEncoded.bytes(record);
  }

  @Test
  void whatAvroWritesPasses() throws Exception {
    byte[] bytes = example();
    assertThatCode(() -> bounds.check(ALL, bytes)).doesNotThrowAnyException();
  }

  @Test
  void eachTruncationIsRefused() throws Exception {
    byte[] bytes = example();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> bounds.check(ALL, cut)).isInstanceOf(MalformedRecordException.class);
    }
  }

  @Test
  void bytesLeftOverAreRefused() throws Exception {
    byte[] bytes = example();
    assertThatThrownBy(() -> bounds.check(ALL, Arrays.copyOf(bytes, bytes.length + 1)))
        .hasMessage("All: expected %d bytes, got %d".formatted(bytes.length, bytes.length + 1));
  }

  @Test
  void aStringThatClaimsTwoGigabytesIsRefusedBeforeAnybodyAllocatesThem() {
    byte[] claims = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};
    assertThatThrownBy(() -> bounds.check(SchemaBuilder.builder().stringType(), claims))
        .hasMessage("string at byte 5: expected a length of at most 1, got 2147483647");
  }

  @Test
  void aNegativeLengthIsRefused() {
    assertThatThrownBy(() -> bounds.check(SchemaBuilder.builder().bytesType(), new byte[] {1}))
        .hasMessage("bytes at byte 1: expected a length of at most 0, got -1");
  }

  @Test
  void whatPassesIsReadByAvroWithoutAnError() throws Exception {
    byte[] bytes = example();
    Random random = new Random(20261125);
    GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(ALL);
    int passed = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutant = bytes.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
      }
      try {
        bounds.check(ALL, mutant);
      } catch (MalformedRecordException e) {
        continue;
      }
      passed++;
      assertThat(reader.read(null, DecoderFactory.get().binaryDecoder(mutant, null))).isNotNull();
    }
    assertThat(passed).isBetween(1_000, 19_000); // both outcomes were tried
  }
}
