package dev.weir.sql;

import dev.weir.forecast.SeriesMemory;
import dev.weir.forecast.SeriesMemoryFormat;
import dev.weir.state.LayoutSnapshot;
import dev.weir.state.WeirSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Saves what was learned of a partition: a {@link SeriesMemoryFormat}. Public for the classes that
 * Flink generates.
 */
public final class LearnedSerializer extends WeirSerializer<SeriesMemory> {

  private static final long serialVersionUID = 1L;

  static final LearnedSerializer INSTANCE = new LearnedSerializer();

  @Override
  public byte version() {
    return SeriesMemoryFormat.VERSION;
  }

  @Override
  protected byte firstChecked() {
    return 4;
  }

  @Override
  protected void write(SeriesMemory memory, DataOutputView target) throws IOException {
    SeriesMemoryFormat.write(memory, target);
  }

  @Override
  protected SeriesMemory read(byte version, DataInputView source) throws IOException {
    return SeriesMemoryFormat.read(version, source);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public SeriesMemory copy(SeriesMemory from) {
    return from.copy();
  }

  @Override
  public TypeSerializerSnapshot<SeriesMemory> snapshotConfiguration() {
    return new MemorySnapshot();
  }

  /** Found by its name when a savepoint is restored, so neither may change. */
  public static final class MemorySnapshot extends LayoutSnapshot<SeriesMemory> {
    public MemorySnapshot() {
      super(INSTANCE);
    }
  }
}
