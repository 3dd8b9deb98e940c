package dev.weir.rnn;

import java.util.Arrays;

/**
 * One direction of one layer in training: its weights, packed; what its forward pass keeps; and the
 * gradients that its backward pass collects.
 *
 * <p>Every hot loop is a "sum += column * x" over arrays that share one index (see {@link
 * ColumnWeights}). Forward that is a column of a weight matrix, times one input. Backward through
 * the weights it is a row of a weight matrix, times one gate's gradient. And a column of the
 * weights' gradient is the gates' gradients of all steps, each times that step's input. So no loop
 * ever runs along the input, which may be a single value.
 *
 * <p>Known gap: at hidden_size 16 and below the loops' own cost exceeds the arithmetic, and a
 * window of a batch costs nearly as much as one alone. Measured without gain: one scalar loop over
 * all of a step's gates (twice the time), each pass over all windows before the next pass (the
 * same), the fast tanh for sigmoid gates (the same). A kernel for one size would help.
 *
 * <p>Rows of a step lie at {@code t * batch + b}, in time order whichever way the direction reads.
 *
 * <p>Lengths are checked by {@link TrainableRnn}. Not thread-safe.
 */
final class DirectionTape {

  private static final float[] ONE = {1f};

  private final Cell cell;
  private final int inputSize; // of this layer
  private final int hiddenSize;
  private final int gateRows; // gates * hidden_size
  private final boolean reverse;
  private final boolean bias;

  // packed; in the columns and in inputBias, rows of sigmoid gates are halved, as in ColumnWeights
  private final float[][] inputColumns; // (layer_input_size)(gates * hidden_size)
  private final float[][] hiddenColumns; // (hidden_size)(gates * hidden_size)
  private final float[] inputBias; // (gates * hidden_size): b_ih + b_hh, without the GRU's b_hn
  private final float[] hiddenBias; // (hidden_size): b_hn, GRU only
  private final float[][] inputRows; // (gates * hidden_size)(layer_input_size)
  private final float[][] hiddenRows; // (gates * hidden_size)(hidden_size)

  private final float[] scales; // (gates * hidden_size): one half for a sigmoid gate, else 1

  // kept by forward; rows = seq_len * batch
  private int batch;
  private int seqLen;
  private float[][] gates = {}; // (rows)(gates * hidden_size), after tanh, relu or sigmoid
  private float[] hidden = {}; // (seq_len + 1, batch, hidden_size): the steps' h, and the given one
  private float[] cells = {}; // as hidden: c, LSTM only
  private float[] extra = {}; // (rows, hidden_size): LSTM tanh(c), GRU W_hn h + b_hn

  // scratch of one step
  private final float[] mixed; // (gates * hidden_size)
  private final float[] squashed; // (hidden_size)

  // backward
  private float[][] dGates = {}; // (rows)(gates * hidden_size), before the squashing
  private float[][] dHiddenGates = {}; // the same array, but for the GRU, whose n differs by r
  private float[][] dHidden = {}; // (batch)(hidden_size)
  private float[] dCells = {}; // (batch, hidden_size)
  private final float[][] dInputColumns; // as inputColumns, not halved
  private final float[][] dHiddenColumns; // as hiddenColumns, not halved
  private final float[] dInputBias; // (gates * hidden_size)
  private final float[] dHiddenBias; // (gates * hidden_size)

  DirectionTape(RnnConfig config, int layer, int direction) {
    cell = config.cell();
    inputSize = config.layerInputSize(layer);
    hiddenSize = config.hiddenSize();
    gateRows = cell.gates() * hiddenSize;
    reverse = direction == 1;
    bias = config.bias();
    inputColumns = new float[inputSize][gateRows];
    hiddenColumns = new float[hiddenSize][gateRows];
    inputBias = new float[gateRows];
    hiddenBias = new float[hiddenSize];
    inputRows = new float[gateRows][inputSize];
    hiddenRows = new float[gateRows][hiddenSize];
    scales = new float[gateRows];
    for (int row = 0; row < gateRows; row++) {
      scales[row] = scale(row);
    }
    mixed = new float[gateRows];
    squashed = new float[hiddenSize];
    dInputColumns = new float[inputSize][gateRows];
    dHiddenColumns = new float[hiddenSize][gateRows];
    dInputBias = new float[gateRows];
    dHiddenBias = new float[gateRows];
  }

  /** Copies this direction's tensors from {@code offset} on; returns where the next ones start. */
  int pack(float[] weights, int offset) {
    int next = packMatrix(weights, offset, inputRows, inputColumns, inputSize);
    next = packMatrix(weights, next, hiddenRows, hiddenColumns, hiddenSize);
    if (!bias) {
      return next;
    }
    for (int row = 0; row < gateRows; row++) {
      float biasIh = weights[next + row];
      float biasHh = weights[next + gateRows + row];
      if (cell == Cell.GRU && row >= 2 * hiddenSize) {
        inputBias[row] = biasIh;
        hiddenBias[row - 2 * hiddenSize] = biasHh;
      } else {
        inputBias[row] = scales[row] * (biasIh + biasHh);
      }
    }
    return next + 2 * gateRows;
  }

  private int packMatrix(
      float[] weights, int offset, float[][] rows, float[][] columns, int width) {
    for (int row = 0; row < gateRows; row++) {
      System.arraycopy(weights, offset + row * width, rows[row], 0, width);
    }
    for (int j = 0; j < width; j++) {
      takeColumn(weights, offset + j, width, scales, columns[j], gateRows);
    }
    return offset + gateRows * width;
  }

  private static void takeColumn(
      float[] matrix, int offset, int width, float[] scales, float[] column, int length) {
    int at = offset;
    for (int row = 0; row < length; row++) {
      column[row] = scales[row] * matrix[at];
      at += width;
    }
  }

  private float scale(int row) {
    int gate = row / hiddenSize;
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> 1f;
      case LSTM, GRU -> gate == 2 ? 1f : 0.5f; // i, f, g, o and r, z, n: g and n are no sigmoids
    };
  }

  /** Makes room for a batch; keeps what is large enough. */
  void reshape(int batch, int seqLen) {
    this.batch = batch;
    this.seqLen = seqLen;
    int rows = seqLen * batch;
    int state = batch * hiddenSize;
    if (gates.length < rows) {
      gates = new float[rows][gateRows];
      dGates = new float[rows][gateRows];
      dHiddenGates = cell == Cell.GRU ? new float[rows][gateRows] : dGates;
      extra = new float[cell == Cell.LSTM || cell == Cell.GRU ? rows * hiddenSize : 0];
    }
    if (hidden.length < rows * hiddenSize + state) {
      hidden = new float[rows * hiddenSize + state];
      cells = new float[cell == Cell.LSTM ? hidden.length : 0];
    }
    if (dHidden.length < batch) {
      dHidden = new float[batch][hiddenSize];
      dCells = new float[state];
    }
  }

  // A backward direction comes from the end, so its given state lies behind the last step.

  private int before(int row) {
    return (reverse ? row + batch : row) * hiddenSize;
  }

  private int at(int row) {
    return (reverse ? row : row + batch) * hiddenSize;
  }

  private int given() {
    return reverse ? seqLen * batch * hiddenSize : 0;
  }

  private int last() {
    return reverse ? 0 : seqLen * batch * hiddenSize;
  }

  /**
   * Reads a whole sequence and keeps its activations.
   *
   * @param x (seq_len, batch, layer_input_size)
   * @param h0 this direction's (batch, hidden_size) from {@code stateOffset} on; null means zeros
   * @param c0 as h0
   * @param out (seq_len, batch, outStride): h goes to each row, from {@code outOffset} on
   */
  void forward(
      float[] x, float[] h0, float[] c0, int stateOffset, float[] out, int outOffset, int stride) {
    int state = batch * hiddenSize;
    begin(h0, stateOffset, hidden, state);
    if (cell == Cell.LSTM) {
      begin(c0, stateOffset, cells, state);
    }
    int rows = seqLen * batch;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(inputBias, 0, gates[row], 0, gateRows);
      ColumnKernel.addColumns(inputColumns, x, row * inputSize, inputSize, gates[row], gateRows);
    }
    for (int step = 0; step < seqLen; step++) {
      int first = (reverse ? seqLen - 1 - step : step) * batch;
      for (int row = first; row < first + batch; row++) {
        switch (cell) {
          case RNN_TANH, RNN_RELU -> elmanStep(row);
          case LSTM -> lstmStep(row);
          case GRU -> gruStep(row);
        }
        System.arraycopy(hidden, at(row), out, outOffset + row * stride, hiddenSize);
      }
    }
  }

  private void begin(float[] from, int offset, float[] states, int length) {
    if (from == null) {
      Arrays.fill(states, given(), given() + length, 0f);
    } else {
      System.arraycopy(from, offset, states, given(), length);
    }
  }

  /** Copies the states after the last step to this direction's (batch, hidden_size). */
  void finish(float[] hN, float[] cN, int stateOffset) {
    System.arraycopy(hidden, last(), hN, stateOffset, batch * hiddenSize);
    if (cell == Cell.LSTM) {
      System.arraycopy(cells, last(), cN, stateOffset, batch * hiddenSize);
    }
  }

  private void elmanStep(int row) {
    float[] h = gates[row];
    ColumnKernel.addColumns(hiddenColumns, hidden, before(row), hiddenSize, h, hiddenSize);
    if (cell == Cell.RNN_TANH) {
      Activation.preciseTanh(h, hiddenSize);
    } else {
      Activation.relu(h, hiddenSize);
    }
    System.arraycopy(h, 0, hidden, at(row), hiddenSize);
  }

  private void lstmStep(int row) {
    int size = hiddenSize;
    float[] gate = gates[row];
    ColumnKernel.addColumns(hiddenColumns, hidden, before(row), size, gate, gateRows);
    Activation.preciseTanh(gate, gateRows);
    int cBefore = before(row);
    int c = at(row);
    for (int k = 0; k < size; k++) {
      float i = Activation.sigmoidFromTanh(gate[k]);
      float f = Activation.sigmoidFromTanh(gate[size + k]);
      gate[k] = i;
      gate[size + k] = f;
      gate[3 * size + k] = Activation.sigmoidFromTanh(gate[3 * size + k]);
      float updated = Math.fma(f, cells[cBefore + k], i * gate[2 * size + k]);
      cells[c + k] = updated;
      squashed[k] = updated;
    }
    Activation.preciseTanh(squashed, size);
    System.arraycopy(squashed, 0, extra, row * size, size);
    for (int k = 0; k < size; k++) {
      hidden[c + k] = gate[3 * size + k] * squashed[k];
    }
  }

  private void gruStep(int row) {
    int size = hiddenSize;
    float[] gate = gates[row];
    System.arraycopy(gate, 0, mixed, 0, 2 * size);
    System.arraycopy(hiddenBias, 0, mixed, 2 * size, size);
    ColumnKernel.addColumns(hiddenColumns, hidden, before(row), size, mixed, gateRows);
    // W_hn h + b_hn must leave before tanh, which is for r and z only
    System.arraycopy(mixed, 2 * size, extra, row * size, size);
    Activation.preciseTanh(mixed, 2 * size);
    for (int k = 0; k < size; k++) {
      float r = Activation.sigmoidFromTanh(mixed[k]);
      gate[k] = r;
      gate[size + k] = Activation.sigmoidFromTanh(mixed[size + k]);
      squashed[k] = Math.fma(r, mixed[2 * size + k], gate[2 * size + k]);
    }
    Activation.preciseTanh(squashed, size);
    int hBefore = before(row);
    int h = at(row);
    for (int k = 0; k < size; k++) {
      float n = squashed[k];
      gate[2 * size + k] = n;
      hidden[h + k] = Math.fma(gate[size + k], hidden[hBefore + k] - n, n);
    }
  }

  /**
   * Goes back through the sequence and leaves the gradients of gates and of the given state.
   *
   * @param dOut dLoss/dOut as out of {@link #forward}
   * @param dHN dLoss/dHn as h0 of forward; null means zeros
   * @param dCN as dHN
   */
  void backward(float[] dOut, int outOffset, int stride, float[] dHN, float[] dCN, int state) {
    for (int b = 0; b < batch; b++) {
      if (dHN == null) {
        Arrays.fill(dHidden[b], 0f);
      } else {
        System.arraycopy(dHN, state + b * hiddenSize, dHidden[b], 0, hiddenSize);
      }
    }
    if (dCN == null) {
      Arrays.fill(dCells, 0, batch * hiddenSize, 0f);
    } else {
      System.arraycopy(dCN, state, dCells, 0, batch * hiddenSize);
    }
    for (int step = seqLen - 1; step >= 0; step--) {
      int first = (reverse ? seqLen - 1 - step : step) * batch;
      for (int b = 0; b < batch; b++) {
        int row = first + b;
        float[] dH = dHidden[b];
        int out = outOffset + row * stride;
        for (int k = 0; k < hiddenSize; k++) {
          dH[k] += dOut[out + k];
        }
        // each leaves in dH what reaches h of the step before directly, not through the gates
        switch (cell) {
          case RNN_TANH -> tanhBack(gates[row], dH, dGates[row], hiddenSize);
          case RNN_RELU -> reluBack(gates[row], dH, dGates[row], hiddenSize);
          case LSTM -> lstmBack(row, b * hiddenSize, dH);
          case GRU -> gruBack(row, dH);
        }
        ColumnKernel.addColumns(hiddenRows, dHiddenGates[row], 0, gateRows, dH, hiddenSize);
      }
    }
  }

  private static void tanhBack(float[] h, float[] dH, float[] dGate, int length) {
    for (int k = 0; k < length; k++) {
      dGate[k] = dH[k] * (1f - h[k] * h[k]);
      dH[k] = 0f;
    }
  }

  private static void reluBack(float[] h, float[] dH, float[] dGate, int length) {
    for (int k = 0; k < length; k++) {
      dGate[k] = h[k] <= 0f ? 0f : dH[k]; // a NaN passes, as in torch
      dH[k] = 0f;
    }
  }

  /** c' = f c + i g, h' = o tanh(c'). */
  private void lstmBack(int row, int dC, float[] dH) {
    int size = hiddenSize;
    float[] gate = gates[row];
    float[] dGate = dGates[row];
    int cBefore = before(row);
    for (int k = 0; k < size; k++) {
      float i = gate[k];
      float f = gate[size + k];
      float g = gate[2 * size + k];
      float o = gate[3 * size + k];
      float tanhC = extra[row * size + k];
      float dO = dH[k] * tanhC;
      float dCell = Math.fma(dH[k] * o, 1f - tanhC * tanhC, dCells[dC + k]);
      dGate[k] = dCell * g * (i * (1f - i));
      dGate[size + k] = dCell * cells[cBefore + k] * (f * (1f - f));
      dGate[2 * size + k] = dCell * i * (1f - g * g);
      dGate[3 * size + k] = dO * (o * (1f - o));
      dCells[dC + k] = dCell * f;
      dH[k] = 0f;
    }
  }

  /** n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h' = (1 - z) n + z h. */
  private void gruBack(int row, float[] dH) {
    int size = hiddenSize;
    float[] gate = gates[row];
    float[] dGate = dGates[row];
    float[] dHiddenGate = dHiddenGates[row];
    int hBefore = before(row);
    for (int k = 0; k < size; k++) {
      float r = gate[k];
      float z = gate[size + k];
      float n = gate[2 * size + k];
      float dN = dH[k] * (1f - z) * (1f - n * n);
      float dZ = dH[k] * (hidden[hBefore + k] - n) * (z * (1f - z));
      float dR = dN * extra[row * size + k] * (r * (1f - r));
      dGate[k] = dR;
      dGate[size + k] = dZ;
      dGate[2 * size + k] = dN;
      dHiddenGate[k] = dR;
      dHiddenGate[size + k] = dZ;
      dHiddenGate[2 * size + k] = dN * r;
      dH[k] *= z;
    }
  }

  /**
   * Copies dLoss/dh_0 and dLoss/dc_0 to this direction's (batch, hidden_size); null: not wanted.
   */
  void finishBackward(float[] dH0, float[] dC0, int stateOffset) {
    if (dH0 != null) {
      for (int b = 0; b < batch; b++) {
        System.arraycopy(dHidden[b], 0, dH0, stateOffset + b * hiddenSize, hiddenSize);
      }
    }
    if (dC0 != null) {
      System.arraycopy(dCells, 0, dC0, stateOffset, batch * hiddenSize);
    }
  }

  /** Adds dLoss/dx of one row to {@code dX}, (layer_input_size). */
  void addInputGradient(int row, float[] dX) {
    ColumnKernel.addColumns(inputRows, dGates[row], 0, gateRows, dX, inputSize);
  }

  /**
   * Adds the weights' gradients to {@code gradient}, from {@code offset} on in torch's order, and
   * returns where the next ones start.
   *
   * @param x as for {@link #forward}
   */
  int addWeightGradient(float[] x, float[] gradient, int offset) {
    int next = addMatrix(dGates, x, 0, inputSize, dInputColumns, gradient, offset);
    next = addMatrix(dHiddenGates, hidden, before(0), hiddenSize, dHiddenColumns, gradient, next);
    if (!bias) {
      return next;
    }
    next = addBias(dGates, dInputBias, gradient, next);
    return addBias(dHiddenGates, dHiddenBias, gradient, next);
  }

  private int addMatrix(
      float[][] dRows,
      float[] x,
      int xOffset,
      int width,
      float[][] columns,
      float[] gradient,
      int offset) {
    int rows = seqLen * batch;
    for (int j = 0; j < width; j++) {
      Arrays.fill(columns[j], 0f);
      ColumnKernel.addColumns(dRows, x, xOffset + j, width, rows, columns[j], gateRows);
    }
    int j = 0;
    for (; j + 4 <= width; j += 4) {
      addFourColumns(
          columns[j],
          columns[j + 1],
          columns[j + 2],
          columns[j + 3],
          gradient,
          offset + j,
          width,
          gateRows);
    }
    for (; j < width; j++) {
      addColumn(columns[j], gradient, offset + j, width, gateRows);
    }
    return offset + gateRows * width;
  }

  private static void addFourColumns(
      float[] column0,
      float[] column1,
      float[] column2,
      float[] column3,
      float[] matrix,
      int offset,
      int width,
      int length) {
    int at = offset;
    for (int row = 0; row < length; row++) {
      matrix[at] += column0[row];
      matrix[at + 1] += column1[row];
      matrix[at + 2] += column2[row];
      matrix[at + 3] += column3[row];
      at += width;
    }
  }

  private static void addColumn(float[] column, float[] matrix, int offset, int width, int length) {
    for (int row = 0; row < length; row++) {
      matrix[offset + row * width] += column[row];
    }
  }

  private int addBias(float[][] dRows, float[] sum, float[] gradient, int offset) {
    Arrays.fill(sum, 0f);
    ColumnKernel.addColumns(dRows, ONE, 0, 0, seqLen * batch, sum, gateRows);
    addColumn(sum, gradient, offset, 1, gateRows);
    return offset + gateRows;
  }
}
