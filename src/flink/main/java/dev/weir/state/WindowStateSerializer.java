package dev.weir.state;

import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.WindowStateFormat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes the window of a series, as {@link WindowStateFormat} defines. */
public final class WindowStateSerializer extends WeirSerializer<WindowState> {

  private static final long serialVersionUID = 1L;

  public static final WindowStateSerializer INSTANCE = new WindowStateSerializer();

  @Override
  public byte version() {
    return WindowStateFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(WindowState state, DataOutputView target) throws IOException {
    WindowStateFormat.write(state, target);
  }

  @Override
  protected WindowState read(byte version, DataInputView source) throws IOException {
    return WindowStateFormat.read(source);
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

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<WindowState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
