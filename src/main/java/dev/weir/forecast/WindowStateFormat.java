package dev.weir.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a {@link WindowState} is written, whatever engine keeps it: its sizes, then all rows at once,
 * little-endian. Version 1 had no interval; versions 1 and 2 wrote number by number.
 */
public final class WindowStateFormat {

  /** The newest layout, which {@link #write} writes. */
  public static final byte VERSION = 3;

  private static final int HEAD = 4 * Integer.BYTES + 2 * Long.BYTES;

  private WindowStateFormat() {}

  public static void write(WindowState state, DataOutput target) throws IOException {
    // one array and one call: a view of a stream would take each number on its own
    ByteBuffer bytes =
        ByteBuffer.allocate(HEAD + Long.BYTES * state.numbers()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(state.seqLen()).putInt(state.features());
    bytes.putInt(state.size()).putInt(state.pendingSize());
    bytes.putLong(state.interval()).putLong(state.seen());
    state.save(bytes.asLongBuffer());
    target.write(bytes.array());
  }

  /** Reads a layout of any version up to {@link #VERSION}. */
  public static WindowState read(byte version, DataInput source) throws IOException {
    return version < 3 ? readByNumber(version, source) : readRows(source);
  }

  private static WindowState readRows(DataInput source) throws IOException {
    ByteBuffer head = read(source, HEAD);
    int seqLen = head.getInt();
    int features = head.getInt();
    int size = head.getInt();
    int pending = head.getInt();
    WindowState state = new WindowState(seqLen, features, head.getLong());
    long seen = head.getLong();
    ByteBuffer rows = read(source, Long.BYTES * (size + pending) * (2 + features));
    state.restore(rows.asLongBuffer(), seen, size, pending);
    return state;
  }

  private static ByteBuffer read(DataInput source, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static WindowState readByNumber(byte version, DataInput source) throws IOException {
    int seqLen = source.readInt();
    int features = source.readInt();
    long interval = version == 1 ? 0 : source.readLong();
    WindowState state = new WindowState(seqLen, features, interval);
    long seen = source.readLong();
    double[] row = new double[features];
    int size = source.readInt();
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
