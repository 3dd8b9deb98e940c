package dev.weir.forecast.shared;

import dev.weir.forecast.network.WindowTrainer;
import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a {@link TrainerState}, independent of the engine that stores them: sizes and
 * counters, models as safetensors, arrays as big-endian numbers, samples, waiting blocks.
 */
public final class TrainerStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  /** A damaged length must not exhaust the heap: four times what the largest model needs. */
  private static final int MAX_BYTES = 1 << 26;

  private static final int MAX_NAME_BYTES = 1 << 16;

  private TrainerStateFormat() {}

  public static void write(TrainerState state, DataOutput target) throws IOException {
    target.writeInt(state.seqLen);
    target.writeInt(state.horizon);
    target.writeInt(state.features);
    for (long counter : counters(state)) {
      target.writeLong(counter);
    }
    writeModel(state.active, target);
    writeModel(state.previous, target);
    writeLongs(state.echoes, target);
    writeLongs(state.kept, target);
    target.writeDouble(state.learningRate);
    writeFloats(state.weights, target);
    writeFloats(state.average, target);
    writeFloats(state.compared, target);
    writeFloats(state.optimizer, target);
    writeDoubles(state.candidate.sums, target);
    writeDoubles(state.rollback.sums, target);
    writeWindows(state.buffer, target);
    writeWindows(state.incoming, target);
    target.writeInt(state.waiting.size());
    for (Map.Entry<Block.Key, Block> entry : state.waiting.entrySet()) {
      writeBlock(entry.getKey(), entry.getValue(), state.features, target);
    }
  }

  private static long[] counters(TrainerState state) {
    return new long[] {
      state.learnedUpTo,
      state.highestVersion,
      state.rounds,
      state.windows,
      state.steps,
      state.draws,
      state.inRound
    };
  }

  public static TrainerState read(DataInput source) throws IOException {
    int seqLen = number(source, ForecastModel.MAX_SEQ_LEN, "seq_len");
    int horizon = number(source, ForecastModel.MAX_HORIZON, "horizon");
    int features = number(source, 1_000, "features");
    TrainerState state = new TrainerState(seqLen, horizon, features);
    state.learnedUpTo = source.readLong();
    state.highestVersion = source.readLong();
    state.rounds = source.readLong();
    state.windows = source.readLong();
    state.steps = source.readLong();
    state.draws = source.readLong();
    state.inRound = source.readLong();
    state.active = readModel(source);
    state.previous = readModel(source);
    readLongs(state.echoes, source);
    readLongs(state.kept, source);
    state.learningRate = source.readDouble();
    state.weights = readFloats(source);
    state.average = readFloats(source);
    state.compared = readFloats(source);
    state.optimizer = readFloats(source);
    readSums(state.candidate, source);
    readSums(state.rollback, source);
    readWindows(state.buffer, SharedTrainer.BUFFER, source);
    readWindows(state.incoming, SharedTrainer.BATCH, source);
    int blocks = number(source, (int) (SharedTrainer.MAX_WAITING_BYTES / Block.OVERHEAD), "blocks");
    for (int i = 0; i < blocks; i++) {
      readBlock(state, source);
    }
    if (state.active != null && WindowTrainer.problemWith(state.active) == null) {
      int count = new WindowTrainer(state.active).count();
      if (state.weights.length != count
          || state.average.length != count
          || state.compared.length != count
          || state.optimizer.length != 2 * count + 1) {
        throw new IOException(
            "candidate: expected %d weights, got %d".formatted(count, state.weights.length));
      }
    }
    return state;
  }

  private static int number(DataInput source, int max, String what) throws IOException {
    int number = source.readInt();
    if (number < 0 || number > max) {
      throw new IOException("%s: expected 0 to %d, got %d".formatted(what, max, number));
    }
    return number;
  }

  private static void writeModel(ForecastModel model, DataOutput target) throws IOException {
    byte[] bytes = model == null ? new byte[0] : ModelFiles.toBytes(model);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static ForecastModel readModel(DataInput source) throws IOException {
    byte[] bytes = bytes(source);
    return bytes.length == 0
        ? null
        : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "model of shared learning");
  }

  private static byte[] bytes(DataInput source) throws IOException {
    byte[] bytes = new byte[number(source, MAX_BYTES, "bytes")];
    source.readFully(bytes);
    return bytes;
  }

  private static void writeLongs(List<Long> longs, DataOutput target) throws IOException {
    target.writeInt(longs.size());
    for (long value : longs) {
      target.writeLong(value);
    }
  }

  private static void readLongs(List<Long> longs, DataInput source) throws IOException {
    int size = number(source, MAX_BYTES / Long.BYTES, "numbers");
    for (int i = 0; i < size; i++) {
      longs.add(source.readLong());
    }
  }

  private static void writeFloats(float[] values, DataOutput target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    target.writeInt(bytes.capacity());
    target.write(bytes.array());
  }

  private static float[] readFloats(DataInput source) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(source));
    float[] values = new float[bytes.capacity() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static void writeDoubles(double[] values, DataOutput target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
    bytes.asDoubleBuffer().put(values);
    target.writeInt(bytes.capacity());
    target.write(bytes.array());
  }

  private static double[] readDoubles(DataInput source) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(source));
    double[] values = new double[bytes.capacity() / Double.BYTES];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  private static void readSums(ErrorComparison comparison, DataInput source) throws IOException {
    double[] sums = readDoubles(source);
    if (sums.length != ErrorComparison.NUMBERS) {
      throw new IOException(
          "comparison: expected %d numbers, got %d"
              .formatted(ErrorComparison.NUMBERS, sums.length));
    }
    System.arraycopy(sums, 0, comparison.sums, 0, sums.length);
  }

  private static void writeWindows(List<Window> windows, DataOutput target) throws IOException {
    target.writeInt(windows.size());
    for (Window window : windows) {
      writeDoubles(window.values(), target);
      writeFloats(window.rows(), target);
    }
  }

  private static void readWindows(List<Window> windows, int max, DataInput source)
      throws IOException {
    int size = number(source, max, "samples");
    for (int i = 0; i < size; i++) {
      windows.add(new Window(readDoubles(source), readFloats(source)));
    }
  }

  private static void writeBlock(Block.Key key, Block block, int features, DataOutput target)
      throws IOException {
    byte[] series = key.series().getBytes(StandardCharsets.UTF_8);
    target.writeLong(key.end());
    target.writeLong(key.length());
    target.writeInt(series.length);
    target.write(series);
    target.writeInt(block.size);
    for (int i = 0; i < block.size; i++) {
      target.writeBoolean(block.begins[i]);
      target.writeLong(block.times[i]);
      target.writeDouble(block.values[i]);
      for (int f = 0; f < features; f++) {
        target.writeDouble(block.features[i * features + f]);
      }
    }
  }

  private static void readBlock(TrainerState state, DataInput source) throws IOException {
    long end = source.readLong();
    long length = source.readLong();
    byte[] series = new byte[number(source, MAX_NAME_BYTES, "name")];
    source.readFully(series);
    Block block = new Block(state.features);
    int size = number(source, Block.MAX_VALUES, "values");
    for (int i = 0; i < size; i++) {
      boolean begins = source.readBoolean();
      long time = source.readLong();
      double value = source.readDouble();
      double[] features = new double[state.features];
      for (int f = 0; f < features.length; f++) {
        features[f] = source.readDouble();
      }
      block.add(begins, time, value, features);
    }
    String name = new String(series, StandardCharsets.UTF_8);
    state.waiting.put(new Block.Key(end, name, length), block);
  }
}
