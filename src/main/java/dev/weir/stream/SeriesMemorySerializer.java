package dev.weir.stream;

import dev.weir.forecast.SeriesMemory;
import dev.weir.forecast.TunedCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    ByteBuffer bytes = ByteBuffer.allocate(length(memory)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(memory.longs());
    bytes.position(Long.BYTES * memory.longs().length);
    bytes.asDoubleBuffer().put(memory.doubles());
    bytes.position(bytes.position() + Double.BYTES * memory.doubles().length);
    bytes.asFloatBuffer().put(memory.floats());
    target.write(bytes.array());
    writeTuned(memory.tuned(), target);
  }

  private static int length(SeriesMemory memory) {
    return Long.BYTES * memory.longs().length
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
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * floats.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(floats);
    target.write(bytes.array());
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
    byte[] array = new byte[Float.BYTES * floats.length];
    source.readFully(array);
    ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return new TunedCopy(version, model, shape, learnt, floats);
  }

  @Override
  SeriesMemory read(byte version, DataInputView source) throws IOException {
    long[] longs = new long[source.readInt()];
    double[] doubles = new double[source.readInt()];
    float[] floats = new float[source.readInt()];
    SeriesMemory memory = new SeriesMemory(longs, doubles, floats);
    byte[] array = new byte[length(memory)];
    source.readFully(array);
    ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().get(longs);
    bytes.position(Long.BYTES * longs.length);
    bytes.asDoubleBuffer().get(doubles);
    bytes.position(bytes.position() + Double.BYTES * doubles.length);
    bytes.asFloatBuffer().get(floats);
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
