package dev.weir.forecast.window;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of an {@link ObservationLog}, independent of the engine that stores them: its sizes,
 * then all rows, little-endian.
 */
public final class ObservationLogFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  private static final int HEAD = 3 * Integer.BYTES + Long.BYTES;

  /** More than any job keeps of a series; a damaged size must not exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 24;

  private ObservationLogFormat() {}

  public static void write(ObservationLog log, DataOutput target) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(HEAD + Long.BYTES * log.size() * (2 + log.features()))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .putInt(log.features())
        .putInt(log.learnedRows())
        .putInt(log.size())
        .putLong(log.interval());
    log.save(bytes.asLongBuffer());
    target.write(bytes.array());
  }

  public static ObservationLog read(DataInput source) throws IOException {
    ByteBuffer head = WindowStateFormat.read(source, HEAD);
    int features = head.getInt();
    int learned = head.getInt();
    int size = head.getInt();
    boolean isSound = features >= 0 && learned >= 0 && learned < size;
    if (!isSound || size > MAX_NUMBERS / (2L + features)) {
      throw new IOException(
          "observations: expected sizes of a log, got %d features, %d rows, %d of them learned"
              .formatted(features, size, learned));
    }
    ObservationLog log = new ObservationLog(features, head.getLong(), learned, size);
    log.restore(
        WindowStateFormat.read(source, Long.BYTES * size * (2 + features)).asLongBuffer(), size);
    return log;
  }
}
