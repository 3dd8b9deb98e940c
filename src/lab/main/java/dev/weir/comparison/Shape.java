package dev.weir.comparison;

import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * A bidirectional network and a batch of windows, as {@code cell:layers:hidden:input:steps:batch}.
 * Weights and input are torch's of seed 7, drawn in this order, so that a Python script draws the
 * same.
 */
record Shape(Cell cell, int numLayers, int hiddenSize, int inputSize, int seqLen, int batch) {

  private static final int SEED = 7;

  static Shape of(String text) {
    String[] parts = text.split(":");
    if (parts.length != 6) {
      throw new IllegalArgumentException(
          "shape: expected cell:layers:hidden:input:steps:batch, got " + text);
    }
    int[] n = Arrays.stream(parts).skip(1).mapToInt(Integer::parseInt).toArray();
    return new Shape(Cell.valueOf(parts[0]), n[0], n[1], n[2], n[3], n[4]);
  }

  String text() {
    return "%s:%d:%d:%d:%d:%d".formatted(cell, numLayers, hiddenSize, inputSize, seqLen, batch);
  }

  /** For the table: RNN (layers, hidden, input, steps), batch. */
  @Override
  public String toString() {
    String name = cell == Cell.RNN_TANH ? "RNN" : cell.toString().toUpperCase(Locale.ROOT);
    return "%s (%d,%d,%d,%d) batch %d"
        .formatted(name, numLayers, hiddenSize, inputSize, seqLen, batch);
  }

  RnnConfig config() {
    return new RnnConfig(cell, inputSize, hiddenSize, numLayers, true, true);
  }

  int inputs() {
    return batch * seqLen * inputSize;
  }

  int outputs() {
    return batch * seqLen * 2 * hiddenSize;
  }

  /** Weights, and input (batch, seq_len, input_size). */
  Tensors tensors() {
    TorchRandom generator = new TorchRandom(SEED);
    float[] weights = Initialization.recurrent(config(), generator);
    return new Tensors(weights, uniform(inputs(), generator));
  }

  private static float[] uniform(int count, TorchRandom generator) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = generator.uniform(-1f, 1f);
    }
    return values;
  }

  /** Multiplications and additions of one forward, those of the matrices only. */
  double flops() {
    double perStep = 0;
    for (int layer = 0; layer < numLayers; layer++) {
      double width = layer == 0 ? inputSize : 2 * hiddenSize;
      perStep += 2 * cell.gates() * hiddenSize * (width + hiddenSize);
    }
    return 2 * perStep * seqLen * batch;
  }

  /** What a shape's arithmetic is done with. */
  record Tensors(float[] weights, float[] input) {}
}
