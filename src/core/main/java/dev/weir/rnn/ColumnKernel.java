package dev.weir.rnn;

import java.util.Arrays;

/**
 * Plain loops over {@link ColumnWeights}, for any size and any JDK from 17 on.
 *
 * <p>Per layer, the input is first multiplied for all steps and both directions at once, which has
 * no dependence from step to step; then the recurrence of both directions advances in turn, step by
 * step, so that the CPU can work on one while the other waits for its tanh. Columns go four at a
 * time: JDK 17 vectorises such a body, not one of eight. Their order is 1, 0, 3, 2, 5, 4, 7, 6 and
 * so on.
 */
final class ColumnKernel extends RecurrentKernel {

  private final int gateRows; // gates * hidden_size
  private final ColumnWeights weights;

  // scratch
  private float[][] projected = {}; // (seq_len)(num_directions * gates * hidden_size)
  private final float[][] hidden; // (num_directions)(hidden_size): h of the step before
  private final float[][] cells; // (num_directions)(hidden_size): c, LSTM only
  private final float[][] next; // (num_directions)(hidden_size): h of this step
  private final float[] gates; // (gates * hidden_size)
  private final float[][] gate; // (gates)(hidden_size): gates, apart, so that all share one index

  ColumnKernel(RnnConfig config) {
    super(config);
    this.gateRows = cell.gates() * hiddenSize;
    this.weights = new ColumnWeights(config);
    this.hidden = new float[directions][hiddenSize];
    this.cells = new float[directions][hiddenSize];
    this.next = new float[directions][hiddenSize];
    this.gates = new float[gateRows];
    this.gate = new float[4][hiddenSize];
  }

  @Override
  String name() {
    return "plain";
  }

  @Override
  void load(float[] learned) {
    weights.pack(learned);
  }

  @Override
  void growScratch(int seqLen) {
    if (projected.length < seqLen) {
      projected = new float[seqLen][directions * gateRows];
    }
  }

  @Override
  void project(int layer, float[] x, int offset, int stride, int inputSize, int seqLen) {
    ColumnWeights.Layer packed = weights.layer(layer);
    int rows = directions * gateRows;
    for (int t = 0; t < seqLen; t++) {
      float[] sum = projected[t];
      System.arraycopy(packed.inputBias, 0, sum, 0, rows);
      addColumns(packed.inputColumns, x, offset + t * stride, inputSize, sum, rows);
    }
  }

  @Override
  void begin(int direction, float[] h0, float[] c0, int from) {
    startFrom(h0, from, hidden[direction]);
    startFrom(c0, from, cells[direction]);
  }

  private static void startFrom(float[] given, int from, float[] state) {
    if (given == null) {
      Arrays.fill(state, 0f);
    } else {
      System.arraycopy(given, from, state, 0, state.length);
    }
  }

  @Override
  void copyCells(int direction, float[] cN, int to) {
    System.arraycopy(cells[direction], 0, cN, to, hiddenSize);
  }

  @Override
  void recur(int layer, boolean fromZeros, float[] out, int offset, int stride, int seqLen) {
    ColumnWeights.Layer packed = weights.layer(layer);
    for (int step = 0; step < seqLen; step++) {
      int terms = fromZeros && step == 0 ? 0 : hiddenSize;
      for (int direction = 0; direction < directions; direction++) {
        int t = direction == 0 ? step : seqLen - 1 - step;
        float[] sums = projected[t];
        switch (cell) {
          case RNN_TANH, RNN_RELU -> elmanStep(packed, direction, terms, sums);
          case LSTM -> lstmStep(packed, direction, terms, sums);
          case GRU -> gruStep(packed, direction, terms, sums);
        }
        float[] h = next[direction];
        System.arraycopy(h, 0, out, offset + t * stride + direction * hiddenSize, hiddenSize);
        next[direction] = hidden[direction];
        hidden[direction] = h;
      }
    }
  }

  /**
   * h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it (torch.nn.RNN). Here and below, {@code
   * terms} of the sums W_hh h are added: hidden_size, or none where h is zeros.
   */
  private void elmanStep(ColumnWeights.Layer layer, int direction, int terms, float[] sums) {
    float[] h = next[direction];
    System.arraycopy(sums, direction * gateRows, h, 0, hiddenSize);
    addColumns(layer.hiddenColumns[direction], hidden[direction], 0, terms, h, hiddenSize);
    if (cell == Cell.RNN_TANH) {
      Activation.tanh(h, hiddenSize);
    } else {
      Activation.relu(h, hiddenSize);
    }
  }

  /** c' = f c + i g, h' = o tanh(c') (torch.nn.LSTM; gates i, f, g, o). */
  private void lstmStep(ColumnWeights.Layer layer, int direction, int terms, float[] sums) {
    System.arraycopy(sums, direction * gateRows, gates, 0, gateRows);
    addColumns(layer.hiddenColumns[direction], hidden[direction], 0, terms, gates, gateRows);
    Activation.tanh(gates, gateRows);
    for (int g = 0; g < 4; g++) {
      System.arraycopy(gates, g * hiddenSize, gate[g], 0, hiddenSize);
    }
    float[] c = cells[direction];
    float[] h = next[direction];
    updateCell(gate[0], gate[1], gate[2], c, h, hiddenSize);
    Activation.tanh(h, hiddenSize);
    openOutput(gate[3], h, hiddenSize);
  }

  private static void updateCell(
      float[] i, float[] f, float[] g, float[] c, float[] copy, int length) {
    for (int k = 0; k < length; k++) {
      float input = Activation.sigmoidFromTanh(i[k]);
      float forget = Activation.sigmoidFromTanh(f[k]);
      float updated = Math.fma(forget, c[k], input * g[k]);
      c[k] = updated;
      copy[k] = updated;
    }
  }

  private static void openOutput(float[] o, float[] h, int length) {
    for (int k = 0; k < length; k++) {
      h[k] *= Activation.sigmoidFromTanh(o[k]);
    }
  }

  /** n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h' = (1 - z) n + z h (torch.nn.GRU; r, z, n). */
  private void gruStep(ColumnWeights.Layer layer, int direction, int terms, float[] sums) {
    int sigmoidRows = 2 * hiddenSize;
    System.arraycopy(sums, direction * gateRows, gates, 0, sigmoidRows);
    System.arraycopy(layer.hiddenBias[direction], 0, gates, sigmoidRows, hiddenSize);
    addColumns(layer.hiddenColumns[direction], hidden[direction], 0, terms, gates, gateRows);
    // W_hn h + b_hn must leave before tanh, which is for r and z only
    System.arraycopy(gates, sigmoidRows, gate[2], 0, hiddenSize);
    Activation.tanh(gates, sigmoidRows);
    System.arraycopy(gates, 0, gate[0], 0, hiddenSize);
    System.arraycopy(gates, hiddenSize, gate[1], 0, hiddenSize);
    float[] n = next[direction];
    System.arraycopy(sums, direction * gateRows + sigmoidRows, n, 0, hiddenSize);
    resetHidden(gate[0], gate[2], n, hiddenSize);
    Activation.tanh(n, hiddenSize);
    blend(gate[1], hidden[direction], n, hiddenSize);
  }

  private static void resetHidden(float[] r, float[] fromHidden, float[] n, int length) {
    for (int k = 0; k < length; k++) {
      n[k] = Math.fma(Activation.sigmoidFromTanh(r[k]), fromHidden[k], n[k]);
    }
  }

  private static void blend(float[] z, float[] h, float[] n, int length) {
    for (int k = 0; k < length; k++) {
      n[k] = Math.fma(Activation.sigmoidFromTanh(z[k]), h[k] - n[k], n[k]);
    }
  }

  /** sum += columns x, for {@code count} columns and the values of x from offset on. */
  public static void addColumns(
      float[][] columns, float[] x, int offset, int count, float[] sum, int length) {
    addColumns(columns, x, offset, 1, count, sum, length);
  }

  /** As above, with x's values {@code stride} apart. */
  public static void addColumns(
      float[][] columns, float[] x, int offset, int stride, int count, float[] sum, int length) {
    int j = 0;
    int at = offset;
    for (; j + 4 <= count; j += 4) {
      addFour(
          columns[j],
          x[at],
          columns[j + 1],
          x[at + stride],
          columns[j + 2],
          x[at + 2 * stride],
          columns[j + 3],
          x[at + 3 * stride],
          sum,
          length);
      at += 4 * stride;
    }
    for (; j < count; j++) {
      addOne(columns[j], x[at], sum, length);
      at += stride;
    }
  }

  private static void addFour(
      float[] column0,
      float x0,
      float[] column1,
      float x1,
      float[] column2,
      float x2,
      float[] column3,
      float x3,
      float[] sum,
      int length) {
    for (int i = 0; i < length; i++) {
      float low = Math.fma(column0[i], x0, Math.fma(column1[i], x1, sum[i]));
      sum[i] = Math.fma(column2[i], x2, Math.fma(column3[i], x3, low));
    }
  }

  private static void addOne(float[] column, float x, float[] sum, int length) {
    for (int i = 0; i < length; i++) {
      sum[i] = Math.fma(column[i], x, sum[i]);
    }
  }
}
