package dev.weir.stream;

import dev.weir.forecast.WindowState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Saves what the windows remember of a series: its sizes, then all rows at once, little-endian.
 * Version 1 had no interval; versions 1 and 2 wrote number by number.
 */
final class WindowStateSerializer extends WeirSerializer<WindowState> {

  private static final long serialVersionUID = 1L;

  static final WindowStateSerializer INSTANCE = new WindowStateSerializer();

  private static final int HEAD = 4 * Integer.BYTES + 2 * Long.BYTES;

  @Override
  byte version() {
    return 3;
  }

  @Override
  void write(WindowState state, DataOutputView target) throws IOException {
    // one array and one call: a view of a stream would take each number on its own
    ByteBuffer bytes =
        ByteBuffer.allocate(HEAD + Long.BYTES * state.numbers()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(state.seqLen()).putInt(state.features());
    bytes.putInt(state.size()).putInt(state.pendingSize());
    bytes.putLong(state.interval()).putLong(state.seen());
    state.save(bytes.asLongBuffer());
    target.write(bytes.array());
  }

  @Override
  WindowState read(byte version, DataInputView source) throws IOException {
    return version < 3 ? readByNumber(version, source) : readRows(source);
  }

  private static WindowState readRows(DataInputView source) throws IOException {
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

  private static ByteBuffer read(DataInputView source, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static WindowState readByNumber(byte version, DataInputView source) throws IOException {
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

  private static void readRow(double[] row, DataInputView source) throws IOException {
    for (int f = 0; f < row.length; f++) {
      row[f] = source.readDouble();
    }
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public WindowState copy(WindowState from) {
    return new WindowState(from);
  }

  @Override
  public TypeSerializerSnapshot<WindowState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Found by its name when a savepoint is restored, so neither may change. */
  public static final class Snapshot extends LayoutSnapshot<WindowState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
