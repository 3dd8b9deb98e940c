package dev.weir.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * How a {@link WindowState} is written, whatever engine keeps it: its sizes, then all rows at once,
 * little-endian. Version 1 had no interval; versions 1 and 2 wrote number by number; up to version
 * 3 there were no marks.
 */
public final class WindowStateFormat {

  /** The newest layout, which {@link #write} writes. */
  public static final byte VERSION = 4;

  private static final int HEAD = 4 * Integer.BYTES + 2 * Long.BYTES;

  /** More than any job keeps of a series: a damaged size must not be asked of the heap. */
  private static final int MAX_NUMBERS = 1 << 24;

  private WindowStateFormat() {}

  public static void write(WindowState state, DataOutput target) throws IOException {
    // one array and one call: a view of a stream would take each number on its own
    int marks = state.hasMarks() ? WindowState.MARKS : 0;
    ByteBuffer bytes =
        ByteBuffer.allocate(HEAD + 1 + Long.BYTES * (state.numbers() + marks))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(state.seqLen()).putInt(state.features());
    bytes.putInt(state.size()).putInt(state.pendingSize());
    bytes.putLong(state.interval()).putLong(state.seen());
    bytes.put((byte) marks);
    LongBuffer numbers = bytes.asLongBuffer();
    if (marks > 0) {
      state.saveMarks(numbers);
    }
    state.save(numbers);
    target.write(bytes.array());
  }

  /** Reads a layout of any version up to {@link #VERSION}. */
  public static WindowState read(byte version, DataInput source) throws IOException {
    return version < 3 ? readByNumber(version, source) : readRows(version, source);
  }

  private static WindowState readRows(byte version, DataInput source) throws IOException {
    ByteBuffer head = read(source, version < 4 ? HEAD : HEAD + 1);
    int seqLen = head.getInt();
    int features = head.getInt();
    int size = head.getInt();
    int pending = head.getInt();
    checkSizes(seqLen, features, size, pending);
    WindowState state = new WindowState(seqLen, features, head.getLong());
    long seen = head.getLong();
    int marks = version < 4 ? 0 : head.get();
    if (marks != 0 && marks != WindowState.MARKS) {
      throw new IOException(
          "window: expected 0 or %d marks, got %d".formatted(WindowState.MARKS, marks));
    }
    LongBuffer numbers =
        read(source, Long.BYTES * (marks + (size + pending) * (2 + features))).asLongBuffer();
    if (marks > 0) {
      state.restoreMarks(numbers);
    }
    state.restore(numbers, seen, size, pending);
    return state;
  }

  /** Fails before anything is allocated for sizes that no window has. */
  private static void checkSizes(int seqLen, int features, int size, int pending)
      throws IOException {
    boolean isSound = seqLen > 0 && features >= 0 && size >= 0 && size <= seqLen && pending >= 0;
    if (!isSound || (long) seqLen + pending > MAX_NUMBERS / (2L + features)) {
      throw new IOException(
          "window: expected sizes of one, got seq_len %d, %d features, %d rows, %d waiting"
              .formatted(seqLen, features, size, pending));
    }
  }

  private static ByteBuffer read(DataInput source, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static WindowState readByNumber(byte version, DataInput source) throws IOException {
    int seqLen = source.readInt();
    int features = source.readInt();
    checkSizes(seqLen, features, 0, 0);
    long interval = version == 1 ? 0 : source.readLong();
    WindowState state = new WindowState(seqLen, features, interval);
    long seen = source.readLong();
    double[] row = new double[features];
    int size = source.readInt();
    checkSizes(seqLen, features, size, 0);
    for (int i = 0; i < size; i++) {
      long time = source.readLong();
      double value = source.readDouble();
      readRow(row, source);
      state.append(time, value, row, 0);
    }
    int pending = source.readInt();
    for (int i = 0; i < pending; i++) {
      long time = source.readLong();
      double value = source.readDouble();
      readRow(row, source);
      state.addPending(time, value, row);
    }
    state.seen(seen);
    return state;
  }

  private static void readRow(double[] row, DataInput source) throws IOException {
    for (int f = 0; f < row.length; f++) {
      row[f] = source.readDouble();
    }
  }
}
