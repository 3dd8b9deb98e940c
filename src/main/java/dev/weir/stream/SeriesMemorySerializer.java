package dev.weir.stream;

import dev.weir.forecast.SeriesMemory;
import dev.weir.forecast.TunedCopy;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Saves what has been learned of a series: the three arrays one after another, little-endian,
 * copied in bulk since they are tens of kilobytes; from version 2 on, then its own copy of the base
 * model.
 */
final class SeriesMemorySerializer extends WeirSerializer<SeriesMemory> {

  private static final long serialVersionUID = 1L;

  static final SeriesMemorySerializer INSTANCE = new SeriesMemorySerializer();

  @Override
  byte version() {
    return 2;
  }

  @Override
  void write(SeriesMemory memory, DataOutputView target) throws IOException {
    target.writeInt(memory.longs().length);
    target.writeInt(memory.doubles().length);
    target.writeInt(memory.floats().length);
    BulkCopy copy = new BulkCopy(length(memory));
    copy.write(memory.longs(), target);
    copy.write(memory.doubles(), target);
    copy.write(memory.floats(), target);
    writeTuned(memory.tuned(), target);
  }

  private static long length(SeriesMemory memory) {
    return (long) Long.BYTES * memory.longs().length
        + Double.BYTES * memory.doubles().length
        + Float.BYTES * memory.floats().length;
  }

  private static void writeTuned(TunedCopy copy, DataOutputView target) throws IOException {
    if (copy == null) {
      target.writeInt(0);
      return;
    }
    float[] floats = copy.floats();
    target.writeInt(floats.length);
    target.writeLong(copy.version());
    target.writeInt(copy.model());
    target.writeInt(copy.shape());
    target.writeLong(copy.learnt());
    new BulkCopy((long) Float.BYTES * floats.length).write(floats, target);
  }

  private static TunedCopy readTuned(DataInputView source) throws IOException {
    float[] floats = new float[source.readInt()];
    if (floats.length == 0) {
      return null;
    }
    long version = source.readLong();
    int model = source.readInt();
    int shape = source.readInt();
    long learnt = source.readLong();
    new BulkCopy((long) Float.BYTES * floats.length).read(source, floats);
    return new TunedCopy(version, model, shape, learnt, floats);
  }

  @Override
  SeriesMemory read(byte version, DataInputView source) throws IOException {
    long[] longs = new long[source.readInt()];
    double[] doubles = new double[source.readInt()];
    float[] floats = new float[source.readInt()];
    SeriesMemory memory = new SeriesMemory(longs, doubles, floats);
    BulkCopy copy = new BulkCopy(length(memory));
    copy.read(source, longs);
    copy.read(source, doubles);
    copy.read(source, floats);
    if (version >= 2) {
      memory.tuned(readTuned(source));
    }
    return memory;
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

  /** Found by its name when a savepoint is restored, so neither may change. */
  public static final class Snapshot extends LayoutSnapshot<SeriesMemory> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
