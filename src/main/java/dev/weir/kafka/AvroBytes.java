package dev.weir.kafka;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Avro's binary encoding into one array that is used again: a record costs the copy that leaves,
 * and what its strings take. The caller writes a schema's fields in their order.
 *
 * <p>Source: Avro 1.12 specification, "Binary Encoding".
 */
final class AvroBytes {

  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int LONGEST_NUMBER = 10;

  private byte[] bytes = new byte[512];
  private int length;

  /** Starts a new record. */
  void clear() {
    length = 0;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  /** An int or a long: zig-zag, seven bits a byte, the lowest first. */
  void writeLong(long value) {
    makeRoom(LONGEST_NUMBER);
    long rest = (value << 1) ^ (value >> 63);
    int at = length;
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    length = at;
  }

  void writeDouble(double value) {
    makeRoom(Double.BYTES);
    DOUBLE.set(bytes, length, value);
    length += Double.BYTES;
  }

  /** A union of null and double, in this order, NaN being null. */
  void writeOptional(double value) {
    if (Double.isNaN(value)) {
      writeNull();
    } else {
      writePresent();
      writeDouble(value);
    }
  }

  /** A union's first branch, null. */
  void writeNull() {
    writeLong(0);
  }

  /** A union's second branch; its value follows. */
  void writePresent() {
    writeLong(1);
  }

  void writeString(String text) {
    writeString(utf8(text));
  }

  /**
   * @param text as {@link #utf8} gives it
   */
  void writeString(byte[] text) {
    writeLong(text.length);
    makeRoom(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  /** Begins an array of so many items, in one block; {@link #endArray} follows them. */
  void startArray(int count) {
    if (count > 0) {
      writeLong(count);
    }
  }

  void endArray() {
    writeLong(0);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
    }
  }
}
