package dev.weir.rnn;

import java.util.Arrays;

/**
 * One direction of one layer in training: its two weight matrices, the activations of its forward
 * pass, and the gradients of its backward pass. {@link TrainingMatrix} has the arithmetic of
 * matrices; this class has the cells.
 *
 * <p>Both passes are called step by step, so that the directions of a layer can advance in turn:
 * the CPU works on one while the other waits for the end of its sums.
 *
 * <p>Rows of a step lie at {@code t * batch + b}, in time order whichever way the direction reads.
 *
 * <p>Lengths are checked by {@link TrainableRnn}. Not thread-safe.
 */
final class TrainableDirection {

  private final Cell cell;
  private final int inputSize; // of this layer
  private final int hiddenSize;
  private final int gateRows; // gates * hidden_size
  private final boolean reverse;
  private final boolean bias;

  private final TrainingMatrix weightIh; // (gates * hidden_size, layer_input_size)
  private final TrainingMatrix weightHh; // (gates * hidden_size, hidden_size)
  private final float[] inputBias; // (gates * hidden_size): b_ih + b_hh, without the GRU's b_hn
  private final float[] hiddenBias; // (hidden_size): b_hn, GRU only
  private final float[] scales; // (gates * hidden_size): one half for a sigmoid gate, else 1

  // kept by forward; rows = seq_len * batch
  private int batch;
  private int seqLen;
  private float[][] gates = {}; // (rows)(gates * hidden_size), after tanh, relu or sigmoid
  private float[] hidden = {}; // (seq_len + 1, batch, hidden_size): the steps' h, and the given one
  private float[] cells = {}; // as hidden: c, LSTM only
  private float[] extra = {}; // (rows, hidden_size): LSTM tanh(c), GRU W_hn h + b_hn

  // scratch of one step
  private final float[] mixed; // (gates * hidden_size), GRU only
  private final float[] squashed; // (hidden_size)
  private final PreciseTanh tanh = new PreciseTanh();

  // backward
  private float[][] dGates = {}; // (rows)(gates * hidden_size), before the squashing
  private float[][] dHiddenGates = {}; // the same array, but for the GRU, whose n differs by r
  private float[][] dHidden = {}; // (batch)(hidden_size)
  private float[] dCells = {}; // (batch, hidden_size)

  TrainableDirection(RnnConfig config, int layer, int direction) {
    cell = config.cell();
    inputSize = config.layerInputSize(layer);
    hiddenSize = config.hiddenSize();
    gateRows = cell.gates() * hiddenSize;
    reverse = direction == 1;
    bias = config.bias();
    inputBias = new float[gateRows];
    hiddenBias = new float[hiddenSize];
    scales = new float[gateRows];
    for (int row = 0; row < gateRows; row++) {
      scales[row] = cell.scale(row / hiddenSize);
    }
    weightIh = new TrainingMatrix(gateRows, inputSize, scales);
    weightHh = new TrainingMatrix(gateRows, hiddenSize, scales);
    mixed = new float[cell == Cell.GRU ? gateRows : 0];
    squashed = new float[hiddenSize];
  }

  /** Copies this direction's tensors from {@code offset} on; returns where the next ones start. */
  int pack(float[] weights, int offset) {
    int next = weightIh.pack(weights, offset);
    next = weightHh.pack(weights, next);
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
   * Prepares for {@link #step}: what all steps need of the inputs has no dependence from one to the
   * next.
   *
   * @param x (seq_len, batch, layer_input_size)
   * @param h0 this direction's (batch, hidden_size) from {@code stateOffset} on; null means zeros
   * @param c0 as h0
   */
  void begin(float[] x, float[] h0, float[] c0, int stateOffset) {
    int state = batch * hiddenSize;
    begin(h0, stateOffset, hidden, state);
    if (cell == Cell.LSTM) {
      begin(c0, stateOffset, cells, state);
    }
    int rows = seqLen * batch;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(inputBias, 0, gates[row], 0, gateRows);
      weightIh.forward(gates[row], x, row * inputSize);
    }
  }

  /**
   * Step number {@code step} of this direction, of all sequences, and keeps its activations.
   *
   * @param out (seq_len, batch, outStride): h goes to each row, from {@code outOffset} on
   */
  void step(int step, float[] out, int outOffset, int stride) {
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
    float[] gate = gates[row];
    weightHh.forward(gate, hidden, before(row));
    if (cell == Cell.RNN_RELU) {
      Activation.relu(gate, hiddenSize);
    } else {
      tanh.apply(gate, 0, hiddenSize);
    }
    System.arraycopy(gate, 0, hidden, at(row), hiddenSize);
  }

  private void lstmStep(int row) {
    int size = hiddenSize;
    float[] gate = gates[row];
    weightHh.forward(gate, hidden, before(row));
    tanh.apply(gate, 0, gateRows);
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
    tanh.apply(squashed, 0, size);
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
    weightHh.forward(mixed, hidden, before(row));
    // W_hn h + b_hn must leave before tanh, which is for r and z only
    System.arraycopy(mixed, 2 * size, extra, row * size, size);
    tanh.apply(mixed, 0, 2 * size);
    for (int k = 0; k < size; k++) {
      float r = Activation.sigmoidFromTanh(mixed[k]);
      gate[k] = r;
      gate[size + k] = Activation.sigmoidFromTanh(mixed[size + k]);
      squashed[k] = Math.fma(r, mixed[2 * size + k], gate[2 * size + k]);
    }
    tanh.apply(squashed, 0, size);
    int hBefore = before(row);
    int h = at(row);
    for (int k = 0; k < size; k++) {
      float n = squashed[k];
      gate[2 * size + k] = n;
      hidden[h + k] = Math.fma(gate[size + k], hidden[hBefore + k] - n, n);
    }
  }

  /**
   * Prepares for {@link #stepBack}.
   *
   * @param dHN this direction's dLoss/dHn, (batch, hidden_size) from {@code state} on; null means
   *     zeros
   * @param dCN as dHN
   */
  void beginBackward(float[] dHN, float[] dCN, int state) {
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
  }

  /**
   * Goes back through step number {@code step}: leaves the gradients of its gates and of the state
   * before it.
   *
   * @param dOut dLoss/dOut as out of {@link #step}
   */
  void stepBack(int step, float[] dOut, int outOffset, int stride) {
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
      weightHh.backward(dHiddenGates[row], dH);
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

  /** Copies dLoss/dh_0 and dLoss/dc_0 to this direction's (batch, hidden_size); null to skip it. */
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

  /** Adds dLoss/dx of a row to {@code dX}, (layer_input_size). */
  void addInputGradient(int row, float[] dX) {
    weightIh.backward(dGates[row], dX);
  }

  /**
   * Adds the weights' gradients to {@code gradient}, from {@code offset} on in torch's order, and
   * returns where the next ones start.
   *
   * @param x as for {@link #begin}
   */
  int addWeightGradient(float[] x, float[] gradient, int offset) {
    int rows = seqLen * batch;
    int next = weightIh.addGradient(dGates, rows, x, 0, gradient, offset);
    next = weightHh.addGradient(dHiddenGates, rows, hidden, before(0), gradient, next);
    if (!bias) {
      return next;
    }
    next = weightIh.addBiasGradient(dGates, rows, gradient, next);
    return weightHh.addBiasGradient(dHiddenGates, rows, gradient, next);
  }
}
