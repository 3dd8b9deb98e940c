package dev.weir.kafka.wire;

/** What decodes a record's value, which is not null. */
public interface Decoder<T> {

  /**
   * @throws MalformedRecordException if it is something else
   */
  T decode(byte[] value) throws MalformedRecordException;
}
