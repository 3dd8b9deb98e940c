package dev.weir.kafka.wire;

import java.nio.ByteBuffer;

/**
 * The bytes before an Avro value whose schema is in a registry: a zero and the schema's id, four
 * bytes, big-endian.
 *
 * <p>Source: Confluent Schema Registry documentation, "Wire format".
 */
public final class ConfluentWireFormat {

  public static final byte MAGIC = 0;
  public static final int LENGTH = 1 + Integer.BYTES;

  /** Plain Avro. */
  public static final byte[] NONE = {};

  private ConfluentWireFormat() {}

  /** The bytes before values of this schema; null if the id is -1, not registered. */
  public static byte[] of(int id) {
    return id < 0 ? null : ByteBuffer.allocate(LENGTH).put(MAGIC).putInt(id).array();
  }

  /** The id at the start of a record's value. */
  public static int id(byte[] bytes) throws MalformedRecordException {
    if (bytes.length >= LENGTH && bytes[0] == MAGIC) {
      return ByteBuffer.wrap(bytes).getInt(1);
    }
    String got =
        bytes.length == 0
            ? "no byte"
            : bytes[0] == MAGIC
                ? bytes.length + " bytes in all"
                : "byte %d first; is it plain Avro (kafka.format: avro)?"
                    .formatted(bytes[0] & 0xff);
    throw new MalformedRecordException(
        "schema id: expected byte 0 and four bytes of an id before the Avro, got " + got);
  }
}
