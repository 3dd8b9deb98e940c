package dev.weir.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How a {@link SeriesMemory} is written, whatever engine keeps it: the three arrays one after
 * another, little-endian, copied in bulk since they are tens of kilobytes; from version 2 on, then
 * its own copy of the base model.
 */
public final class SeriesMemoryFormat {

  /** The newest layout, which {@link #write} writes. */
  public static final byte VERSION = 2;

  private SeriesMemoryFormat() {}

  public static void write(SeriesMemory memory, DataOutput target) throws IOException {
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

  private static void writeTuned(TunedCopy copy, DataOutput target) throws IOException {
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

  private static TunedCopy readTuned(DataInput source) throws IOException {
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

  /** Reads a layout of any version up to {@link #VERSION}. */
  public static SeriesMemory read(byte version, DataInput source) throws IOException {
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
}
