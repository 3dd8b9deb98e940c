package dev.weir.stream;

import dev.weir.forecast.WindowState;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Saves what the windows remember of a series. Version 1 had no interval. */
final class WindowStateSerializer extends WeirSerializer<WindowState> {

  private static final long serialVersionUID = 1L;

  static final WindowStateSerializer INSTANCE = new WindowStateSerializer();

  @Override
  byte version() {
    return 2;
  }

  @Override
  void write(WindowState state, DataOutputView target) throws IOException {
    int features = state.features();
    target.writeInt(state.seqLen());
    target.writeInt(features);
    target.writeLong(state.interval());
    target.writeLong(state.seen());
    target.writeInt(state.size());
    for (int i = 0; i < state.size(); i++) {
      target.writeLong(state.time(i));
      target.writeDouble(state.value(i));
      for (int f = 0; f < features; f++) {
        target.writeDouble(state.feature(i, f));
      }
    }
    target.writeInt(state.pendingSize());
    for (int i = 0; i < state.pendingSize(); i++) {
      target.writeLong(state.pendingTime(i));
      target.writeDouble(state.pendingValue(i));
      for (int f = 0; f < features; f++) {
        target.writeDouble(state.pendingFeature(i, f));
      }
    }
  }

  @Override
  WindowState read(byte version, DataInputView source) throws IOException {
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
