package dev.weir.forecast.alarm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of the {@link ThresholdState}s of a series, independent of the engine that stores them:
 * a version, how many there are, and each. Numbers are big-endian.
 */
public final class ThresholdStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  /** Thresholds of a series at most. */
  public static final int MAX_THRESHOLDS = 8;

  private ThresholdStateFormat() {}

  /** Bytes of a state without a warning. */
  static int bytes(int within) {
    int numbers = 1 + CrossingProbability.WEIGHTS + CrossingProbability.COVARIANCES;
    return Double.BYTES * numbers + 2 + 3 * Integer.BYTES + 2 * Float.BYTES * within;
  }

  /**
   * @param states one at least
   */
  public static void write(List<ThresholdState> states, DataOutput target) throws IOException {
    target.writeByte(VERSION);
    target.writeByte(states.size());
    for (ThresholdState state : states) {
      target.writeDouble(state.limit);
      target.writeBoolean(state.above);
      target.writeInt(state.within);
      target.writeInt(state.next);
      target.writeInt(state.sinceCrossed);
      for (double weight : state.weights) {
        target.writeDouble(weight);
      }
      for (double covariance : state.covariances) {
        target.writeDouble(covariance);
      }
      for (float each : state.waiting) {
        target.writeFloat(each);
      }
      target.writeBoolean(state.warning != null);
      if (state.warning != null) {
        write(state.warning, target);
      }
    }
  }

  private static void write(ThresholdWarning warning, DataOutput target) throws IOException {
    target.writeLong(warning.start);
    target.writeLong(warning.end);
    target.writeLong(warning.values);
    target.writeLong(warning.since);
    target.writeLong(warning.time);
    target.writeLong(warning.crossing);
    target.writeDouble(warning.value);
    target.writeDouble(warning.forecast);
    target.writeDouble(warning.probability);
  }

  /**
   * @throws IOException if the bytes end early or are no such states
   */
  public static List<ThresholdState> read(DataInput source) throws IOException {
    byte version = source.readByte();
    if (version != VERSION) {
      throw new IOException("thresholds: expected layout %d, got %d".formatted(VERSION, version));
    }
    byte count = source.readByte();
    if (count < 1 || count > MAX_THRESHOLDS) {
      throw new IOException(
          "thresholds: expected 1 to %d, got %d".formatted(MAX_THRESHOLDS, count));
    }
    List<ThresholdState> states = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      states.add(readState(source));
    }
    return states;
  }

  private static ThresholdState readState(DataInput source) throws IOException {
    double limit = source.readDouble();
    boolean above = source.readBoolean();
    int within = source.readInt();
    check(Math.abs(limit) <= Threshold.MAX_LIMIT, "a limit");
    check(within >= 1 && within <= Threshold.MAX_WITHIN, "1 to " + Threshold.MAX_WITHIN);
    ThresholdState state = new ThresholdState(limit, above, within);
    state.next = source.readInt();
    state.sinceCrossed = source.readInt();
    for (int i = 0; i < state.weights.length; i++) {
      state.weights[i] = source.readDouble();
    }
    for (int i = 0; i < state.covariances.length; i++) {
      state.covariances[i] = source.readDouble();
    }
    for (int i = 0; i < state.waiting.length; i++) {
      state.waiting[i] = source.readFloat();
      check(!(Math.abs(state.waiting[i]) > 2 * CrossingProbability.MAX_LOGIT), "logits");
    }
    check(state.next >= 0 && state.next < within && state.sinceCrossed >= 0, "counts");
    check(CrossingProbability.areSound(state.weights, state.covariances), "weights");
    state.warning = source.readBoolean() ? readWarning(source) : null;
    return state;
  }

  private static ThresholdWarning readWarning(DataInput source) throws IOException {
    ThresholdWarning warning = new ThresholdWarning(source.readLong());
    warning.end = source.readLong();
    warning.values = source.readLong();
    warning.since = source.readLong();
    warning.time = source.readLong();
    warning.crossing = source.readLong();
    warning.value = source.readDouble();
    warning.forecast = source.readDouble();
    warning.probability = source.readDouble();
    check(warning.start <= warning.time && warning.time <= warning.end, "times in order");
    check(warning.values >= 1 && warning.values <= Long.MAX_VALUE / 2, "a count of values");
    check(warning.since >= 0 && warning.since <= Long.MAX_VALUE / 2, "a count of values");
    check(warning.probability >= 0 && warning.probability <= 1, "a probability");
    check(Double.isFinite(warning.value) && Double.isFinite(warning.forecast), "a value");
    return warning;
  }

  private static void check(boolean holds, String expected) throws IOException {
    if (!holds) {
      throw new IOException("thresholds: expected %s, got other numbers".formatted(expected));
    }
  }
}
