package dev.weir.sql;

import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.WindowStateFormat;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.types.StringValue;

/**
 * Serializes a partition's name, its timer, and its window as {@link WindowStateFormat} defines.
 * Public for the classes that Flink generates.
 */
public final class PartitionStateSerializer extends StateSerializer<PartitionState> {

  private static final long serialVersionUID = 1L;

  static final PartitionStateSerializer INSTANCE = new PartitionStateSerializer();

  private static final long NO_EXPIRY = Long.MIN_VALUE;

  private PartitionStateSerializer() {
    super(
        WindowStateFormat.VERSION,
        PartitionStateSerializer::write,
        PartitionStateSerializer::read,
        from -> new PartitionState(from.name, new WindowState(from.window), from.expiry));
  }

  private static void write(PartitionState entry, DataOutput target) throws IOException {
    StringValue.writeString(entry.name, target);
    target.writeLong(entry.expiry == null ? NO_EXPIRY : entry.expiry);
    WindowStateFormat.write(entry.window, target);
  }

  private static PartitionState read(DataInput source) throws IOException {
    String name = StringValue.readString(source);
    long expiry = source.readLong();
    WindowState window = WindowStateFormat.read(source);
    return new PartitionState(name, window, expiry == NO_EXPIRY ? null : expiry);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class EntrySnapshot extends WeirSerializerSnapshot<PartitionState> {}
}
