package dev.weir.kafka;

import java.nio.ByteBuffer;

/**
 * What stands before Avro bytes whose schema is in a registry: a zero and the schema's id, four
 * bytes, big-endian.
 *
 * <p>Source: Confluent Schema Registry documentation, "Wire format".
 */
final class Framing {

  static final byte MAGIC = 0;

  /** Bytes before the Avro. */
  static final int LENGTH = 1 + Integer.BYTES;

  /** Plain Avro. */
  static final byte[] NONE = {};

  private Framing() {}

  /** What stands before the Avro of a schema with this id; null when it is -1, not registered. */
  static byte[] of(int id) {
    return id < 0 ? null : ByteBuffer.allocate(LENGTH).put(MAGIC).putInt(id).array();
  }

  /** The id that the bytes begin with. */
  static int id(byte[] bytes) throws MalformedException {
    if (bytes.length < LENGTH || bytes[0] != MAGIC) {
      throw new MalformedException(
          "schema id: expected byte 0 and four bytes of an id before the Avro, got "
              + (bytes.length == 0
                  ? "no byte"
                  : bytes[0] == MAGIC
                      ? bytes.length + " bytes in all"
                      : "byte %d first; is it plain Avro (kafka.format: avro)?"
                          .formatted(bytes[0] & 0xff)));
    }
    return (bytes[1] & 0xff) << 24
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 8
        | bytes[4] & 0xff;
  }
}
