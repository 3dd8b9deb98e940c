package dev.weir.forecast.learn;

import dev.weir.forecast.ArrayCodec;
import dev.weir.forecast.StateFields;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.score.DistributionSums;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link LearnerState}, independent of the engine that stores them: the lengths of
 * its four arrays, the arrays, little-endian and copied in bulk, then the series' alarms and the
 * scores of its distributions.
 */
public final class LearnerStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  /** Many times what the longest season takes; a damaged length must not exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 24;

  private LearnerStateFormat() {}

  public static void write(LearnerState state, DataOutput target) throws IOException {
    target.writeInt(state.longs().length);
    target.writeInt(state.doubles().length);
    target.writeInt(state.floats().length);
    target.writeInt(state.shorts().length);
    ArrayCodec copy = new ArrayCodec();
    copy.write(state.longs(), target);
    copy.write(state.doubles(), target);
    copy.write(state.floats(), target);
    copy.write(state.shorts(), target);
    fields(StateFields.writer(target), state);
  }

  private static void fields(StateFields fields, LearnerState state) throws IOException {
    state.alarms(SeriesAlarms.fields(fields, state.alarms()));
    state.distributions(DistributionSums.fields(fields, state.distributions()));
  }

  private static int length(DataInput source) throws IOException {
    int length = source.readInt();
    if (length < 0 || length > MAX_NUMBERS) {
      throw new IOException(
          "memory: expected 0 to %d numbers, got %d".formatted(MAX_NUMBERS, length));
    }
    return length;
  }

  public static LearnerState read(DataInput source) throws IOException {
    long[] longs = new long[length(source)];
    double[] doubles = new double[length(source)];
    float[] floats = new float[length(source)];
    short[] shorts = new short[length(source)];
    LearnerState state = new LearnerState(longs, doubles, floats, shorts);
    ArrayCodec copy = new ArrayCodec();
    copy.read(source, longs);
    copy.read(source, doubles);
    copy.read(source, floats);
    copy.read(source, shorts);
    fields(StateFields.reader(source), state);
    return state;
  }
}
