package dev.weir.core;

import dev.weir.classify.ClassState;
import dev.weir.classify.ClassStateFormat;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerStateFormat;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.WindowStateFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a saved series: "WEIR", the layout, the kind of series, then its parts, of which the
 * name is the first. Of each part come its length, the version of its format, its bytes in this
 * format, and the CRC-32C of version and bytes; a length of zero where the part is missing. From
 * the version to the checksum these are the bytes that a job keeps of the series in Flink's state.
 * Numbers are big-endian.
 *
 * <p>A part's checksum is compared before the part is read.
 */
final class SavedState {

  /** The layout around the parts; one of a newer number can't be read. */
  static final byte LAYOUT = 2;

  private static final byte NAMED = 2; // before it, none has the series' name
  private static final byte NAME_VERSION = 1;

  private static final int MAGIC = 0x57454952; // WEIR
  private static final byte FORECASTS = 1;
  private static final byte CLASSES = 2;

  private static final int HEAD = Integer.BYTES + 2;
  private static final int CHECKSUM = Integer.BYTES;

  /** Writes a part as its format has it. */
  @FunctionalInterface
  private interface Part {
    void write(DataOutput target) throws IOException;
  }

  /** Reads a part. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream source) throws IOException;
  }

  private SavedState() {}

  /**
   * @param window null for none
   * @param learned null for none
   */
  static byte[] write(String name, WindowState window, LearnerState learned) {
    byte[] first =
        window == null
            ? null
            : part(
                window.bytes(), WindowStateFormat.VERSION, t -> WindowStateFormat.write(window, t));
    byte[] second =
        learned == null
            ? null
            : part(
                learned.bytes(),
                LearnerStateFormat.VERSION,
                t -> LearnerStateFormat.write(learned, t));
    return join(FORECASTS, name, first, second);
  }

  /** The same of a series with classes. */
  static byte[] write(String name, ClassState state) {
    byte[] only =
        part(state.bytes(), ClassStateFormat.VERSION, t -> ClassStateFormat.write(state, t));
    return join(CLASSES, name, only);
  }

  private static byte[] part(int size, byte version, Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size + 256);
    DataOutputStream target = new DataOutputStream(bytes);
    try {
      target.writeByte(version);
      part.write(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never of an array
    }
    return bytes.toByteArray();
  }

  private static byte[] join(byte kind, String name, byte[]... others) {
    byte[][] parts = new byte[1 + others.length][];
    parts[0] = part(name.length(), NAME_VERSION, t -> t.writeUTF(name));
    System.arraycopy(others, 0, parts, 1, others.length);
    int length = HEAD;
    for (byte[] part : parts) {
      length += Integer.BYTES + (part == null ? 0 : part.length + CHECKSUM);
    }
    ByteBuffer all = ByteBuffer.allocate(length).putInt(MAGIC).put(LAYOUT).put(kind);
    for (byte[] part : parts) {
      if (part == null) {
        all.putInt(0);
      } else {
        all.putInt(part.length + CHECKSUM).put(part).putInt(checksum(part, 0, part.length));
      }
    }
    return all.array();
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }

  /**
   * @throws IllegalArgumentException with one line if this is no saved series, or a damaged one
   */
  static void read(byte[] saved, Series into) {
    ByteBuffer source = start(saved, FORECASTS, "forecasts", into.name());
    WindowState window = read(source, "window", WindowStateFormat.VERSION, WindowStateFormat::read);
    LearnerState learned =
        read(source, "learned", LearnerStateFormat.VERSION, LearnerStateFormat::read);
    end(source);
    into.restore(window, learned);
  }

  /** The same of a series with classes. */
  static ClassState readClasses(byte[] saved, String series) {
    ByteBuffer source = start(saved, CLASSES, "classes", series);
    ClassState state = read(source, "classes", ClassStateFormat.VERSION, ClassStateFormat::read);
    end(source);
    if (state == null) {
      throw wrong("a part with classes", "none");
    }
    return state;
  }

  private static ByteBuffer start(byte[] saved, byte kind, String name, String series) {
    ByteBuffer source = ByteBuffer.wrap(saved);
    if (saved.length < HEAD || source.getInt() != MAGIC) {
      throw wrong("what save() returned", saved.length + " other bytes");
    }
    byte layout = source.get();
    if (layout < 1 || layout > LAYOUT) {
      throw wrong("layout " + LAYOUT, layout + ": was it saved by a newer Weir?");
    }
    byte got = source.get();
    if (got != kind) {
      throw wrong("a series with " + name, "one of kind " + got);
    }
    String of = layout < NAMED ? series : read(source, "name", NAME_VERSION, in -> in.readUTF());
    if (!series.equals(of)) {
      throw wrong("series " + series, "what was saved of " + of);
    }
    return source;
  }

  private static void end(ByteBuffer source) {
    if (source.hasRemaining()) {
      throw wrong("no bytes after the last part", Integer.toString(source.remaining()));
    }
  }

  /** A part; null if it is missing. */
  private static <T> T read(ByteBuffer source, String name, byte newest, Reader<T> reader) {
    if (source.remaining() < Integer.BYTES) {
      throw wrong("a part " + name, "the end");
    }
    int length = source.getInt();
    if (length == 0) {
      return null;
    }
    if (length <= CHECKSUM || length > source.remaining()) {
      throw wrong(
          "%d to %d bytes of %s".formatted(CHECKSUM + 1, source.remaining(), name),
          Integer.toString(length));
    }
    byte[] bytes = source.array();
    int from = source.position();
    int end = from + length - CHECKSUM;
    int expected = source.getInt(end);
    int got = checksum(bytes, from, end - from);
    if (expected != got) {
      throw wrong(
          "checksum %08x of %s".formatted(expected, name), "%08x: it is damaged".formatted(got));
    }
    byte version = bytes[from];
    if (version < 1 || version > newest) {
      throw wrong(
          "%s of version %d".formatted(name, newest), version + ": was it saved by a newer Weir?");
    }
    source.position(from + length);
    int payload = from + 1;
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(bytes, payload, end - payload);
      T value = reader.read(new DataInputStream(in));
      if (in.available() > 0) {
        throw wrong("no bytes after " + name, Integer.toString(in.available()));
      }
      return value;
    } catch (IOException | RuntimeException e) { // of a size that is no size
      if (e instanceof IllegalArgumentException wrong) {
        throw wrong;
      }
      throw new IllegalArgumentException(
          "saved state: expected a readable part %s, got %s".formatted(name, e), e);
    }
  }

  private static IllegalArgumentException wrong(String expected, String got) {
    return new IllegalArgumentException(
        "saved state: expected %s, got %s".formatted(expected, got));
  }
}
