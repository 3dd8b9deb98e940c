package dev.weir.state;

import dev.weir.forecast.SeriesMemory;
import dev.weir.forecast.SeriesMemoryFormat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what has been learned of a series, as {@link SeriesMemoryFormat} defines. */
public final class SeriesMemorySerializer extends WeirSerializer<SeriesMemory> {

  private static final long serialVersionUID = 1L;

  public static final SeriesMemorySerializer INSTANCE = new SeriesMemorySerializer();

  @Override
  public byte version() {
    return SeriesMemoryFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(SeriesMemory memory, DataOutputView target) throws IOException {
    SeriesMemoryFormat.write(memory, target);
  }

  @Override
  protected SeriesMemory read(byte version, DataInputView source) throws IOException {
    return SeriesMemoryFormat.read(source);
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
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends LayoutSnapshot<SeriesMemory> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
