package dev.weir.sql;

import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.WindowStateFormat;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Serializes a partition's name, its timer, and its window as {@link WindowStateFormat} defines.
 * Public for the classes that Flink generates.
 */
public final class PartitionStateSerializer extends WeirSerializer<PartitionState> {

  private static final long serialVersionUID = 1L;

  static final PartitionStateSerializer INSTANCE = new PartitionStateSerializer();

  private static final long NO_EXPIRY = Long.MIN_VALUE;

  @Override
  public byte version() {
    return WindowStateFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(PartitionState entry, DataOutputView target) throws IOException {
    StringValue.writeString(entry.name, target);
    target.writeLong(entry.expiry == null ? NO_EXPIRY : entry.expiry);
    WindowStateFormat.write(entry.window, target);
  }

  @Override
  protected PartitionState read(byte version, DataInputView source) throws IOException {
    String name = StringValue.readString(source);
    long expiry = source.readLong();
    WindowState window = WindowStateFormat.read(source);
    return new PartitionState(name, window, expiry == NO_EXPIRY ? null : expiry);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public PartitionState copy(PartitionState from) {
    return new PartitionState(from.name, new WindowState(from.window), from.expiry);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class EntrySnapshot extends WeirSerializerSnapshot<PartitionState> {
    public EntrySnapshot() {
      super(INSTANCE);
    }
  }
}
