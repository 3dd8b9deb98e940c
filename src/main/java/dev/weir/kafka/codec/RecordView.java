package dev.weir.kafka.codec;

import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Foreign bytes read as far as they are an observation or a model, for a person who wants to know
 * what somebody tried to send. Field by field, in the order of the schema; where it breaks off, it
 * says at which byte and why.
 */
public final class RecordView {

  private static final int MAX_FEATURES = 100;

  private RecordView() {}

  /**
   * What can be read of a record.
   *
   * @param value its value; null for a tombstone
   * @param isModel whether it was meant to be a model
   * @return names and values, the last one called {@code problem} when something is wrong
   */
  public static Map<String, String> of(byte[] value, boolean isModel) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (value == null) {
      fields.put("problem", "expected a value, got null");
      return fields;
    }
    ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (isModel) {
        fields.put("name", string(bytes));
        fields.put("version", Long.toString(number(bytes)));
        fields.put("created", time(number(bytes)));
        fields.put("weights", length(bytes) + " bytes");
        return fields;
      }
      if (value.length > ConfluentWireFormat.LENGTH
          && value[0] == ConfluentWireFormat.MAGIC) { // no series is empty
        fields.put("schema id", Integer.toUnsignedString(ConfluentWireFormat.id(value)));
        bytes.position(ConfluentWireFormat.LENGTH);
      }
      fields.put("series", string(bytes));
      fields.put("time", time(number(bytes)));
      need(bytes, Double.BYTES, "a double");
      fields.put("value", Double.toString(bytes.getDouble()));
      if (bytes.hasRemaining()) { // an older producer ends here
        fields.put("features", features(bytes));
      }
      if (bytes.hasRemaining()) {
        throw new MalformedException(
            "byte %d: expected the end, got %d more"
                .formatted(bytes.position(), bytes.remaining()));
      }
    } catch (MalformedException e) {
      fields.put("problem", e.getMessage());
    }
    return fields;
  }

  private static String features(ByteBuffer bytes) throws MalformedException {
    StringBuilder features = new StringBuilder("[");
    int read = 0;
    for (long count = number(bytes); count != 0; count = number(bytes)) {
      if (count < 0) {
        number(bytes); // the block's size
        count = -count;
      }
      if (count < 0 || count > bytes.remaining() / Double.BYTES) {
        throw new MalformedException(
            "byte %d: expected at most %d features, got %d"
                .formatted(bytes.position(), bytes.remaining() / Double.BYTES, count));
      }
      for (long i = 0; i < count; i++) {
        double feature = bytes.getDouble();
        if (read++ < MAX_FEATURES) {
          features.append(read == 1 ? "" : ", ").append(feature);
        }
      }
    }
    return features.append(read > MAX_FEATURES ? ", ...]" : "]").toString();
  }

  private static String string(ByteBuffer bytes) throws MalformedException {
    byte[] text = new byte[length(bytes)];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int length(ByteBuffer bytes) throws MalformedException {
    long length = number(bytes);
    if (length < 0 || length > bytes.remaining()) {
      throw new MalformedException(
          "byte %d: expected a length of at most %d, got %d"
              .formatted(bytes.position(), bytes.remaining(), length));
    }
    return (int) length;
  }

  private static long number(ByteBuffer bytes) throws MalformedException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      need(bytes, 1, "a number");
      byte b = bytes.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new MalformedException(
        "byte %d: expected a number of at most 10 bytes".formatted(bytes.position()));
  }

  private static void need(ByteBuffer bytes, int count, String what) throws MalformedException {
    if (bytes.remaining() < count) {
      throw new MalformedException(
          "byte %d: expected %s, got the end".formatted(bytes.position(), what));
    }
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
