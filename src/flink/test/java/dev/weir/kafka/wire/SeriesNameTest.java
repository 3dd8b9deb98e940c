package dev.weir.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Allocations;
import dev.weir.kafka.codec.ObservationReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class SeriesNameTest {

  private static BinaryDecoder decoder(byte[] name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    encoder.writeBytes(name);
    encoder.writeLong(7);
    encoder.writeDouble(1.5);
    encoder.flush();
    return DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
  }

  @Test
  void aLongNameThatIsNotUtf8IsShownInPart() {
    byte[] name = "x".repeat(100).getBytes(StandardCharsets.US_ASCII);
    name[99] = (byte) 0xFF;
    assertThatThrownBy(() -> new SeriesName().read(decoder(name)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("series: expected UTF-8, got 0x" + "78".repeat(32) + "...");
  }

  @Test
  void aShorterNameAfterALongerOneIsJudgedByItself() throws Exception {
    SeriesName names = new SeriesName();
    assertThatThrownBy(() -> names.read(decoder(new byte[] {'a', 'b', (byte) 0xFF})))
        .isInstanceOf(MalformedRecordException.class);
    assertThat(names.read(decoder("\uFFFD".getBytes(StandardCharsets.UTF_8)))).isEqualTo("\uFFFD");
    assertThat(names.read(decoder(new byte[] {'c'}))).isEqualTo("c");
  }

  /** As behind a registry, where the writer's schema is another and Avro resolves it. */
  @Test
  void aNameOfAForeignSchemaIsCheckedToo() throws Exception {
    for (String type : new String[] {"string", "bytes"}) {
      Schema foreign =
          SchemaBuilder.record("Reading")
              .fields()
              .name("series")
              .type(type)
              .noDefault()
              .requiredLong("time")
              .requiredDouble("value")
              .endRecord();
      ObservationReader reader = ObservationReader.of(foreign);
      assertThat(reader.read(decoder(new byte[] {'a'})).series()).isEqualTo("a");
      assertThatThrownBy(() -> reader.read(decoder(new byte[] {'a', (byte) 0x80})))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessage("series: expected UTF-8, got 0x6180");
    }
  }

  @Test
  void aNameCostsItselfOnly() throws Exception {
    SeriesName names = new SeriesName();
    byte[] name = "pump-7".getBytes(StandardCharsets.US_ASCII);
    BinaryDecoder[] decoders = new BinaryDecoder[1_000];
    Allocations.assertAtMostOnceWarm(
        decoders.length,
        56, // a string of six Latin-1 characters and its array
        () -> {
          try {
            for (int i = 0; i < decoders.length; i++) {
              decoders[i] = decoder(name);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return Allocations.bytesOf(
              () -> {
                try {
                  for (BinaryDecoder decoder : decoders) {
                    names.read(decoder);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
        });
  }
}
