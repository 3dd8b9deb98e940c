package dev.weir.forecast;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where something came from, with its bytes as they came, so that nothing that fails later is lost.
 *
 * @param topic the topic, or the file for input that is not from Kafka
 * @param partition its partition
 * @param offset its offset, or the line in a file
 * @param timestamp the record's own timestamp, milliseconds since 1970, or -1
 * @param key the key's bytes, or null
 * @param value the value's bytes, or null
 */
public record SourceRecord(
    String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceRecord r
        && partition == r.partition
        && offset == r.offset
        && timestamp == r.timestamp
        && Objects.equals(topic, r.topic)
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
