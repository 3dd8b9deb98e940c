package dev.weir.stream;

import dev.weir.forecast.Observation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The observation that plain Avro of {@code observation.avsc} says, without features and with a
 * short name: a byte, twice the length of the name, the name, the time as a variable-length number,
 * the value in eight bytes and a zero. Of any other bytes it is another observation than the
 * record's, or none, so that {@link #is} tells.
 */
final class PlainObservation {

  private static final VarHandle DOUBLES =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int TAIL = 9; // value, and the end of the features

  private PlainObservation() {}

  /** Whether {@link #of} gives this observation, to the bit. Allocates nothing. */
  static boolean is(Observation observation, byte[] bytes) {
    String series = observation.series();
    int length = series.length();
    if (!hasName(bytes, length)
        || bytes.length < 1 + length + TAIL
        || observation.features().length > 0
        || observation.ahead().length > 0
        || observation.label() != null
        || time(bytes) != observation.time()
        || Double.compare(value(bytes), observation.value()) != 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (series.charAt(i) != bytes[1 + i]) { // a byte beyond ASCII is negative
        return false;
      }
    }
    return true;
  }

  /** The observation of bytes that {@link #is} has accepted. */
  static Observation of(byte[] bytes) {
    String series = new String(bytes, 1, bytes[0] >> 1, StandardCharsets.US_ASCII);
    return new Observation(series, time(bytes), value(bytes), Observation.NO_FEATURES);
  }

  /** Whether {@link #name} gives this key. */
  static boolean isNamed(byte[] bytes, byte[] key) {
    return key != null
        && hasName(bytes, key.length)
        && Arrays.equals(bytes, 1, 1 + key.length, key, 0, key.length);
  }

  /** The bytes of the name. */
  static byte[] name(byte[] bytes) {
    return Arrays.copyOfRange(bytes, 1, 1 + (bytes[0] >> 1));
  }

  private static boolean hasName(byte[] bytes, int length) {
    return bytes != null && bytes.length > length && bytes[0] == 2 * length;
  }

  private static long time(byte[] bytes) {
    long zigzag = 0;
    int shift = 0;
    for (int at = 1 + (bytes[0] >> 1); at < bytes.length - TAIL; at++, shift += 7) {
      zigzag |= (bytes[at] & 0x7fL) << shift;
    }
    return zigzag >>> 1 ^ -(zigzag & 1);
  }

  private static double value(byte[] bytes) {
    return (double) DOUBLES.get(bytes, bytes.length - TAIL);
  }
}
