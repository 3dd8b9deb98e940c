package dev.weir.kafka.wire;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Walks Avro binary along its schema and checks that each length stays within the bytes, before any
 * decoder sees them. Avro's own decoders allocate a string or an array by the length that the bytes
 * claim, up to 2 GB; after this walk a claim can't be larger than the record.
 *
 * <p>Allocates nothing unless it fails. Source: Avro 1.12 specification, "Binary Encoding".
 */
public final class AvroBounds {

  private static final int MAX_DEPTH = 32;

  /**
   * A foreign schema may have values that take no bytes: as many as its fields may, and some of
   * them again for each byte.
   */
  private static final int MAX_EMPTY_VALUES = 100_000;

  private static final int MAX_VALUES_A_BYTE = 16;

  private byte[] bytes;
  private int position;
  private long valuesLeft;

  /** Fails unless {@code bytes} are exactly one value of {@code schema}. */
  public void check(Schema schema, byte[] bytes) throws MalformedRecordException {
    check(schema, bytes, 0);
  }

  /** Fails unless {@code bytes} are, from {@code start} on, exactly one value. */
  public void check(Schema schema, byte[] bytes, int start) throws MalformedRecordException {
    check(schema, bytes, start, MAX_EMPTY_VALUES + (long) MAX_VALUES_A_BYTE * bytes.length);
  }

  /** The same of a record of which a reader makes objects. */
  public void checkForeign(Schema schema, byte[] bytes, int start) throws MalformedRecordException {
    check(schema, bytes, start, RecordParts.MAX_VALUES);
  }

  private void check(Schema schema, byte[] bytes, int start, long maxValues)
      throws MalformedRecordException {
    this.bytes = bytes;
    this.position = start;
    this.valuesLeft = maxValues;
    try {
      walk(schema, 0);
    } finally {
      this.bytes = null;
    }
    if (position != bytes.length) {
      throw new MalformedRecordException(
          "%s: expected %d bytes, got %d".formatted(schema.getName(), position, bytes.length));
    }
  }

  private void walk(Schema schema, int depth) throws MalformedRecordException {
    if (depth > MAX_DEPTH) {
      throw new MalformedRecordException(
          "expected at most %d levels of nesting".formatted(MAX_DEPTH));
    }
    if (--valuesLeft < 0) {
      throw new MalformedRecordException(
          "%s at byte %d: expected fewer values in %d bytes"
              .formatted(schema.getType().getName(), position, bytes.length));
    }
    switch (schema.getType()) {
      case RECORD -> {
        for (Field field : schema.getFields()) {
          walk(field.schema(), depth + 1);
        }
      }
      case ARRAY -> blocks(schema, depth);
      case MAP -> blocks(schema, depth);
      case UNION -> {
        long branch = number(schema);
        if (branch < 0 || branch >= schema.getTypes().size()) {
          throw new MalformedRecordException(
              "union at byte %d: expected a branch below %d, got %d"
                  .formatted(position, schema.getTypes().size(), branch));
        }
        walk(schema.getTypes().get((int) branch), depth + 1);
      }
      case STRING, BYTES -> skip(schema, number(schema));
      case FIXED -> skip(schema, schema.getFixedSize());
      case INT, LONG -> number(schema);
      case ENUM -> {
        long symbol = number(schema);
        if (symbol < 0 || symbol >= schema.getEnumSymbols().size()) {
          throw new MalformedRecordException(
              "enum at byte %d: expected a symbol below %d, got %d"
                  .formatted(position, schema.getEnumSymbols().size(), symbol));
        }
      }
      case FLOAT -> skip(schema, Float.BYTES);
      case DOUBLE -> skip(schema, Double.BYTES);
      case BOOLEAN -> skip(schema, 1);
      case NULL -> {
        // no bytes
      }
    }
  }

  private void blocks(Schema schema, int depth) throws MalformedRecordException {
    boolean isMap = schema.getType() == Schema.Type.MAP;
    Schema items = isMap ? schema.getValueType() : schema.getElementType();
    while (true) {
      long count = number(schema);
      if (count == 0) {
        return;
      }
      boolean isSized = count < 0; // the block's size in bytes follows, for readers that skip it
      long size = 0;
      if (isSized) {
        size = number(schema);
        count = -count;
      }
      if (count < 0 || count > bytes.length - position) { // each item of ours takes a byte or more
        throw new MalformedRecordException(
            "%s at byte %d: expected at most %d items, got %d"
                .formatted(schema.getType().getName(), position, bytes.length - position, count));
      }
      int start = position;
      for (long i = 0; i < count; i++) {
        if (isMap) {
          skip(schema, number(schema));
        }
        walk(items, depth + 1);
      }
      if (isSized && position - start != size) { // who skips would read on elsewhere
        throw new MalformedRecordException(
            "%s at byte %d: expected a block of %d bytes, got %d"
                .formatted(schema.getType().getName(), start, size, position - start));
      }
    }
  }

  /** A variable-length zig-zag number: of 32 bits where the schema says int or enum, else of 64. */
  private long number(Schema schema) throws MalformedRecordException {
    boolean isInt = schema.getType() == Schema.Type.INT || schema.getType() == Schema.Type.ENUM;
    int maxBytes = isInt ? 5 : 10;
    long value = 0;
    for (int shift = 0; shift < 7 * maxBytes; shift += 7) {
      if (position == bytes.length) {
        throw new MalformedRecordException(
            "%s at byte %d: expected more bytes, got the end"
                .formatted(schema.getType().getName(), position));
      }
      byte b = bytes[position++];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new MalformedRecordException(
        "%s at byte %d: expected a number of at most %d bytes"
            .formatted(schema.getType().getName(), position, maxBytes));
  }

  private void skip(Schema schema, long length) throws MalformedRecordException {
    if (length < 0 || length > bytes.length - position) {
      throw new MalformedRecordException(
          "%s at byte %d: expected a length of at most %d, got %d"
              .formatted(schema.getType().getName(), position, bytes.length - position, length));
    }
    position += (int) length;
  }

  /** What the bytes look like, for a message: their length and a printable beginning. */
  public static String describe(byte[] bytes) {
    String text = new String(bytes, 0, Math.min(bytes.length, 16), StandardCharsets.ISO_8859_1);
    return "%d bytes starting \"%s\"".formatted(bytes.length, quoted(text));
  }

  /** Foreign text for a message: printable, on one line and no longer than a name may be. */
  public static String quoted(String text) {
    return text.substring(0, Math.min(text.length(), 249)).replaceAll("[^\\x20-\\x7e]", ".");
  }
}
