package dev.weir.classify.series;

import dev.weir.classify.series.ClassState.EarlyLabel;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of a {@link ClassState}, independent of the engine that stores them. */
public final class ClassStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  /** More than any job keeps of a series; a damaged size must not exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 26;

  private ClassStateFormat() {}

  public static void write(ClassState state, DataOutput target) throws IOException {
    target.writeInt(state.seqLen);
    target.writeInt(state.channels);
    target.writeInt(state.maxClasses);
    target.writeInt(state.waiting);
    writeLongs(state.times, target);
    writeFloats(state.rows, target);
    target.writeInt(state.next);
    target.writeInt(state.size);
    target.writeInt(state.sinceWindow);
    target.writeLong(state.windowFirst);
    target.writeLong(state.lastTime);
    target.writeInt(state.names.size());
    for (String name : state.names) {
      writeText(name, target);
    }
    writeFloats(state.learner, target);
    writeFloats(state.convolution, target);
    target.writeInt(state.learnerWindows);
    writeFloats(state.scaling, target);
    writeFloats(state.readout, target);
    target.writeLong(state.readoutModel);
    target.writeInt(state.readoutWindows);
    writeLongs(state.firstTimes, target);
    writeLongs(state.lastTimes, target);
    writeLongs(state.ends, target);
    writeFloats(state.said, target);
    target.writeInt(state.nextWindow);
    target.writeInt(state.windows);
    target.writeInt(state.early.size());
    for (EarlyLabel label : state.early) {
      target.writeLong(label.time());
      writeText(label.label(), target);
      target.writeLong(label.recordTime());
    }
    target.writeLong(state.labels);
    target.writeLong(state.scored);
    target.writeLong(state.right);
    target.writeDouble(state.lossSum);
    target.writeBoolean(state.hasMarks());
    if (state.hasMarks()) {
      long[] marks = new long[ClassState.MARKS];
      state.saveMarks(LongBuffer.wrap(marks));
      writeLongs(marks, target);
    }
  }

  public static ClassState read(DataInput source) throws IOException {
    int seqLen = size(source.readInt());
    int channels = size(source.readInt());
    int maxClasses = size(source.readInt());
    int waiting = size(source.readInt());
    size((long) seqLen * channels);
    size((long) waiting * maxClasses);
    ClassState state = new ClassState(seqLen, channels, maxClasses, waiting);
    readLongs(source, state.times);
    readFloats(source, state.rows);
    state.next = source.readInt();
    state.size = source.readInt();
    state.sinceWindow = source.readInt();
    state.windowFirst = source.readLong();
    state.lastTime = source.readLong();
    int names = size(source.readInt());
    for (int i = 0; i < names; i++) {
      state.names.add(readText(source));
    }
    state.learner = readFloats(source);
    state.convolution = readFloats(source);
    state.learnerWindows = source.readInt();
    state.scaling = readFloats(source);
    state.readout = readFloats(source);
    state.readoutModel = source.readLong();
    state.readoutWindows = source.readInt();
    readLongs(source, state.firstTimes);
    readLongs(source, state.lastTimes);
    readLongs(source, state.ends);
    readFloats(source, state.said);
    state.nextWindow = source.readInt();
    state.windows = source.readInt();
    int early = size(source.readInt());
    for (int i = 0; i < early; i++) {
      state.early.add(new EarlyLabel(source.readLong(), readText(source), source.readLong()));
    }
    state.labels = source.readLong();
    state.scored = source.readLong();
    state.right = source.readLong();
    state.lossSum = source.readDouble();
    if (source.readBoolean()) {
      long[] marks = new long[ClassState.MARKS];
      readLongs(source, marks);
      state.restoreMarks(LongBuffer.wrap(marks));
    }
    return state;
  }

  private static int size(long size) throws IOException {
    if (size < 0 || size > MAX_NUMBERS) {
      throw new IOException("expected a size of at most %d, got %d".formatted(MAX_NUMBERS, size));
    }
    return (int) size;
  }

  private static void writeText(String text, DataOutput target) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static String readText(DataInput source) throws IOException {
    byte[] bytes = new byte[size(source.readInt())];
    source.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  // one array and one call: a view of a stream would take each number on its own

  private static void writeFloats(float[] values, DataOutput target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + Float.BYTES * values.length);
    bytes.putInt(values.length).asFloatBuffer().put(values);
    target.write(bytes.array());
  }

  private static void writeLongs(long[] values, DataOutput target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + Long.BYTES * values.length);
    bytes.putInt(values.length).asLongBuffer().put(values);
    target.write(bytes.array());
  }

  private static float[] readFloats(DataInput source) throws IOException {
    float[] values = new float[size(source.readInt())];
    ByteBuffer.wrap(bytes(source, Float.BYTES * values.length)).asFloatBuffer().get(values);
    return values;
  }

  private static void readFloats(DataInput source, float[] values) throws IOException {
    expect(source.readInt(), values.length);
    ByteBuffer.wrap(bytes(source, Float.BYTES * values.length)).asFloatBuffer().get(values);
  }

  private static void readLongs(DataInput source, long[] values) throws IOException {
    expect(source.readInt(), values.length);
    ByteBuffer.wrap(bytes(source, Long.BYTES * values.length)).asLongBuffer().get(values);
  }

  private static byte[] bytes(DataInput source, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return bytes;
  }

  private static void expect(int length, int expected) throws IOException {
    if (length != expected) {
      throw new IOException("expected %d numbers, got %d".formatted(expected, length));
    }
  }
}
