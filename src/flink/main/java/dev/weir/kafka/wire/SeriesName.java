package dev.weir.kafka.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Reads the names of series. Avro puts U+FFFD in place of bytes that are not UTF-8, so that
 * different names would become one series. Reuses a buffer; not thread-safe.
 */
public final class SeriesName {

  private static final char REPLACEMENT = '\uFFFD';
  private static final int SHOWN_BYTES = 32;

  private Utf8 buffer = new Utf8();

  /**
   * Allocates the name only.
   *
   * @throws MalformedRecordException when the bytes are not UTF-8
   */
  public String read(Decoder in) throws IOException {
    buffer = in.readString(buffer);
    String name = buffer.toString();
    // the search costs nothing for a name in Latin-1, and a name may have this character itself
    if (name.indexOf(REPLACEMENT) >= 0) {
      checkUtf8();
    }
    return name;
  }

  private void checkUtf8() throws MalformedRecordException {
    byte[] bytes = buffer.getBytes();
    int length = buffer.getByteLength();
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
    } catch (CharacterCodingException e) {
      int shown = Math.min(length, SHOWN_BYTES);
      throw new MalformedRecordException(
          "series: expected UTF-8, got 0x%s%s"
              .formatted(HexFormat.of().formatHex(bytes, 0, shown), shown < length ? "..." : ""));
    }
  }
}
