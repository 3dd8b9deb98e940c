package dev.weir.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The origin of an event, with its original bytes, so that a later failure loses nothing.
 *
 * @param topic the topic, or the file for input that is not from Kafka
 * @param partition its partition
 * @param offset its offset, or the line in a file
 * @param timestamp the record's own timestamp, milliseconds since 1970, or -1
 * @param headers the record's headers in their order, up to a limit
 * @param headersLost number of headers beyond the limit
 * @param key the key's bytes, or null
 * @param value the value's bytes, or null
 */
public record SourceRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    List<Header> headers,
    int headersLost,
    byte[] key,
    byte[] value) {

  /**
   * A header of a record. Names may repeat.
   *
   * @param value its bytes, or null
   */
  public record Header(String name, byte[] value) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Header h && name.equals(h.name) && Arrays.equals(value, h.value);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  /** A record without headers. */
  public SourceRecord(
      String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {
    this(topic, partition, offset, timestamp, List.of(), 0, key, value);
  }

  /** The same record with another value, such as a part of it. */
  public SourceRecord withValue(byte[] other) {
    return new SourceRecord(topic, partition, offset, timestamp, headers, headersLost, key, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceRecord r
        && partition == r.partition
        && offset == r.offset
        && timestamp == r.timestamp
        && headersLost == r.headersLost
        && Objects.equals(topic, r.topic)
        && headers.equals(r.headers)
        && Arrays.equals(key, r.key)
        && Arrays.equals(value, r.value);
  }

  @Override
  public int hashCode() {
    return 31 * partition + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
