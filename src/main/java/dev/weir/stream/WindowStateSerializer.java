package dev.weir.stream;

import dev.weir.forecast.WindowState;
import dev.weir.forecast.WindowStateFormat;
import dev.weir.state.LayoutSnapshot;
import dev.weir.state.WeirSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Saves what the windows remember of a series: a {@link WindowStateFormat}. */
final class WindowStateSerializer extends WeirSerializer<WindowState> {

  private static final long serialVersionUID = 1L;

  static final WindowStateSerializer INSTANCE = new WindowStateSerializer();

  @Override
  public byte version() {
    return WindowStateFormat.VERSION;
  }

  @Override
  protected byte firstChecked() {
    return 4;
  }

  @Override
  protected void write(WindowState state, DataOutputView target) throws IOException {
    WindowStateFormat.write(state, target);
  }

  @Override
  protected WindowState read(byte version, DataInputView source) throws IOException {
    return WindowStateFormat.read(version, source);
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
