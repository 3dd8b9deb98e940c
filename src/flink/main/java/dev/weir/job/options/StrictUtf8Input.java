package dev.weir.job.options;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * UTF-8 text that people write. The first byte that is not UTF-8 fails with its line and place; a
 * decoder alone reads ahead and knows neither. A byte order mark at the start is skipped:
 * spreadsheets write it, and it would hide the quote of a first CSV field.
 */
public final class StrictUtf8Input extends FilterInputStream {

  private static final char BYTE_ORDER_MARK = '\ufeff';
  private static final int CONTINUATION = 0x80;
  private static final int LAST_CONTINUATION = 0xBF;

  private final String name;
  private long at; // bytes checked
  private int line = 1;
  private boolean afterReturn;
  private int missing; // bytes of the present character that are still to come
  private int low; // of the next one
  private int high;

  private StrictUtf8Input(InputStream bytes, String name) {
    super(bytes);
    this.name = name;
  }

  /** Opens a file, which messages call by its name without the folder. */
  public static Reader open(Path file) throws IOException {
    return open(Files.newInputStream(file), String.valueOf(file.getFileName()));
  }

  /**
   * @param name what messages call the text
   */
  public static Reader open(InputStream bytes, String name) throws IOException {
    Reader text =
        new BufferedReader(
            new InputStreamReader(new StrictUtf8Input(bytes, name), StandardCharsets.UTF_8));
    text.mark(1);
    if (text.read() != BYTE_ORDER_MARK) {
      text.reset();
    }
    return text;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (count < 0 && missing > 0) {
      throw wrong("the end of the file within a character");
    }
    for (int i = offset; i < offset + count; i++) {
      check(bytes[i] & 0xFF);
      at++;
    }
    return count;
  }

  /** The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences. */
  private void check(int b) throws IOException {
    if (missing > 0) {
      if (b < low || b > high) {
        throw wrong(hex(b));
      }
      expect(missing - 1, CONTINUATION, LAST_CONTINUATION);
    } else if (b < CONTINUATION) {
      if (b == '\r' || b == '\n' && !afterReturn) {
        line++;
      }
      afterReturn = b == '\r';
    } else if (b >= 0xC2 && b <= 0xDF) {
      expect(1, CONTINUATION, LAST_CONTINUATION);
    } else if (b >= 0xE0 && b <= 0xEF) {
      expect(2, b == 0xE0 ? 0xA0 : CONTINUATION, b == 0xED ? 0x9F : LAST_CONTINUATION);
    } else if (b >= 0xF0 && b <= 0xF4) {
      expect(3, b == 0xF0 ? 0x90 : CONTINUATION, b == 0xF4 ? 0x8F : LAST_CONTINUATION);
    } else {
      throw wrong(hex(b));
    }
  }

  private void expect(int bytes, int from, int to) {
    missing = bytes;
    low = from;
    high = to;
  }

  private static String hex(int b) {
    return "the byte 0x%02X".formatted(b);
  }

  private IOException wrong(String got) {
    boolean wide = at == 0 && (got.endsWith("FE") || got.endsWith("FF")); // a byte order mark
    return new IOException(
        "%s line %d: expected UTF-8 text, got %s (byte %,d of the file); save it as UTF-8, as with iconv -f %s -t UTF-8"
            .formatted(name, line, got, at + 1, wide ? "UTF-16" : "WINDOWS-1252"));
  }
}
