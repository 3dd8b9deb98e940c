package dev.weir.forecast.alarm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of an {@link AlarmState}, independent of the engine that stores them: its doubles,
 * longs and counts, little-endian.
 */
final class AlarmStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  /** Bytes of each state. */
  public static final int BYTES =
      Double.BYTES * AlarmState.DOUBLES
          + Long.BYTES * AlarmState.LONGS
          + Character.BYTES * AlarmState.COUNTS;

  private AlarmStateFormat() {}

  public static void write(AlarmState state, DataOutput target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : state.doubles) {
      bytes.putDouble(value);
    }
    for (long value : state.longs) {
      bytes.putLong(value);
    }
    bytes.asCharBuffer().put(state.counts);
    target.write(bytes.array());
  }

  /**
   * @throws IOException if the bytes end early or are no such state
   */
  public static AlarmState read(DataInput source) throws IOException {
    byte[] array = new byte[BYTES];
    source.readFully(array);
    ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    AlarmState state = new AlarmState();
    for (int i = 0; i < AlarmState.DOUBLES; i++) {
      state.doubles[i] = bytes.getDouble();
      if (!Double.isFinite(state.doubles[i])) {
        throw new IOException("alarms: expected a finite number, got " + state.doubles[i]);
      }
    }
    for (int i = 0; i < AlarmState.LONGS; i++) {
      state.longs[i] = bytes.getLong();
      if (state.longs[i] < 0) {
        throw new IOException("alarms: expected a count of at least 0, got " + state.longs[i]);
      }
    }
    bytes.asCharBuffer().get(state.counts);
    for (int first = 0; first < AlarmState.COUNTS; first += TailSketch.SIZE) {
      TailSketch.check(state.counts, first);
    }
    return state;
  }
}
