package dev.weir.rnn;

/**
 * Scalar code for networks of a few units, where a loop over vectors would be all beginning and
 * end. Both directions advance in one loop, so that the CPU works on one while the other waits for
 * its tanh. Gives the bits of {@link ColumnKernel}.
 *
 * <p>A bidirectional tanh network of two units, the tutorial's, has its loop written out, in {@link
 * TwoUnitTanhLayer}.
 */
final class ScalarKernel implements RecurrentKernel {

  private final RnnConfig config;
  private final Cell cell;
  private final int hiddenSize;
  private final int gateRows; // gates * hidden_size
  private final int directions;
  private final int width; // num_directions * gates * hidden_size
  private final boolean twoTanhUnits;

  // packed; rows as in torch, those of sigmoid gates halved, as in ColumnWeights
  private final float[][] inputWeights; // (num_layers)(width, layer_input_size)
  private final float[][] hiddenWeights; // (num_layers)(width, hidden_size)
  private final float[][] inputBias; // (num_layers)(width)
  private final float[][] hiddenBias; // (num_layers)(num_directions * hidden_size): b_hn, GRU only

  // scratch
  private float[] projected = {}; // (seq_len, width)
  private float[] between = {}; // (seq_len, num_directions * hidden_size): out of a lower layer
  private final float[] first; // (num_directions * hidden_size): h before the first step
  private final float[] cells; // (num_directions * hidden_size): c, LSTM only
  private final float[] gates; // (gates * hidden_size), of one step

  ScalarKernel(RnnConfig config) {
    this.config = config;
    this.cell = config.cell();
    this.hiddenSize = config.hiddenSize();
    this.gateRows = cell.gates() * hiddenSize;
    this.directions = config.numDirections();
    this.width = directions * gateRows;
    this.twoTanhUnits = cell == Cell.RNN_TANH && hiddenSize == 2 && directions == 2;
    int layers = config.numLayers();
    this.inputWeights = new float[layers][];
    this.hiddenWeights = new float[layers][width * hiddenSize];
    this.inputBias = new float[layers][width];
    this.hiddenBias = new float[layers][directions * hiddenSize];
    for (int layer = 0; layer < layers; layer++) {
      inputWeights[layer] = new float[width * config.layerInputSize(layer)];
    }
    this.first = new float[directions * hiddenSize];
    this.cells = new float[directions * hiddenSize];
    this.gates = new float[gateRows];
  }

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void load(float[] learned) {
    int offset = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      int inputSize = config.layerInputSize(layer);
      for (int d = 0; d < directions; d++) {
        int row = d * gateRows;
        offset = packMatrix(learned, offset, inputSize, inputWeights[layer], row);
        offset = packMatrix(learned, offset, hiddenSize, hiddenWeights[layer], row);
        if (config.bias()) {
          packBias(learned, offset, layer, d);
          offset += 2 * gateRows;
        }
      }
    }
  }

  private int packMatrix(float[] learned, int offset, int columns, float[] to, int firstRow) {
    int from = offset;
    for (int row = 0; row < gateRows; row++) {
      float scale = scale(row);
      int at = (firstRow + row) * columns;
      for (int j = 0; j < columns; j++) {
        to[at + j] = scale * learned[from++];
      }
    }
    return from;
  }

  private void packBias(float[] learned, int offset, int layer, int direction) {
    for (int row = 0; row < gateRows; row++) {
      float biasIh = learned[offset + row];
      float biasHh = learned[offset + gateRows + row];
      int to = direction * gateRows + row;
      if (cell == Cell.GRU && row >= 2 * hiddenSize) {
        inputBias[layer][to] = biasIh;
        hiddenBias[layer][direction * hiddenSize + row - 2 * hiddenSize] = biasHh;
      } else {
        inputBias[layer][to] = scale(row) * (biasIh + biasHh);
      }
    }
  }

  private float scale(int row) {
    int gate = row / hiddenSize;
    return switch (cell) {
      case RNN_TANH, RNN_RELU -> 1f;
      case LSTM, GRU -> gate == 2 ? 1f : 0.5f; // i, f, g, o and r, z, n: g and n are no sigmoids
    };
  }

  @Override
  public void forward(
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0,
      float[] out,
      float[] hN,
      float[] cN) {
    growScratch(seqLen);
    int inputSize = config.inputSize();
    int outputSize = config.outputSize();
    int rowStride = batchFirst ? 1 : batch; // rows from one step to the next
    int lastLayer = config.numLayers() - 1;
    for (int b = 0; b < batch; b++) {
      int firstRow = batchFirst ? b * seqLen : b;
      for (int layer = 0; layer <= lastLayer; layer++) {
        if (layer == 0) {
          project(layer, input, firstRow * inputSize, rowStride * inputSize, inputSize, seqLen);
        } else {
          project(layer, between, 0, outputSize, outputSize, seqLen);
        }
        // the layer below has been read in full, so its rows may be overwritten
        float[] to = layer == lastLayer ? out : between;
        int offset = layer == lastLayer ? firstRow * outputSize : 0;
        int stride = layer == lastLayer ? rowStride * outputSize : outputSize;
        if (twoTanhUnits) {
          int state = (2 * layer * batch + b) * 2;
          float[] w = hiddenWeights[layer];
          TwoUnitTanhLayer.recur(
              w, projected, h0, hN, state, 2 * batch, to, offset, stride, seqLen);
        } else {
          begin(layer, b, batch, h0, c0);
          recur(layer, h0 == null, to, offset, stride, seqLen);
          finish(layer, b, batch, to, offset, stride, seqLen, hN, cN);
        }
      }
    }
  }

  private void growScratch(int seqLen) {
    if (projected.length < seqLen * width) {
      projected = new float[seqLen * width];
      between = new float[config.numLayers() > 1 ? seqLen * config.outputSize() : 0];
    }
  }

  private void begin(int layer, int b, int batch, float[] h0, float[] c0) {
    for (int d = 0; d < directions; d++) {
      int from = ((layer * directions + d) * batch + b) * hiddenSize;
      for (int k = 0; k < hiddenSize; k++) {
        first[d * hiddenSize + k] = h0 == null ? 0f : h0[from + k];
        cells[d * hiddenSize + k] = c0 == null ? 0f : c0[from + k];
      }
    }
  }

  private void finish(
      int layer,
      int b,
      int batch,
      float[] h,
      int offset,
      int stride,
      int seqLen,
      float[] hN,
      float[] cN) {
    for (int d = 0; d < directions; d++) {
      int to = ((layer * directions + d) * batch + b) * hiddenSize;
      int from = offset + (d == 0 ? seqLen - 1 : 0) * stride + d * hiddenSize;
      for (int k = 0; k < hiddenSize; k++) {
        hN[to + k] = h[from + k];
      }
      if (cell == Cell.LSTM) {
        System.arraycopy(cells, d * hiddenSize, cN, to, hiddenSize);
      }
    }
  }

  /** projected[t] = W_ih x[t] + bias, for the rows of all gates and directions. */
  private void project(int layer, float[] x, int offset, int stride, int inputSize, int seqLen) {
    float[] w = inputWeights[layer];
    float[] bias = inputBias[layer];
    if (inputSize == 1) {
      projectOne(w, x, offset, stride, bias, projected, width, seqLen);
    } else if (inputSize == 4 && width == 4 && stride == 4 && offset == 0) {
      projectFour(w, x, bias, projected, seqLen);
    } else {
      int to = 0;
      for (int t = 0; t < seqLen; t++) {
        for (int row = 0; row < width; row++) {
          projected[to++] = dot(bias[row], w, row * inputSize, x, offset + t * stride, inputSize);
        }
      }
    }
  }

  private static void projectOne(
      float[] w,
      float[] x,
      int offset,
      int stride,
      float[] bias,
      float[] to,
      int rows,
      int seqLen) {
    int at = 0;
    int from = offset;
    for (int t = 0; t < seqLen; t++) {
      float value = x[from];
      int row = 0;
      for (; row + 4 <= rows; row += 4) { // by hand, since the compiler would begin with one by one
        to[at + row] = Math.fma(w[row], value, bias[row]);
        to[at + row + 1] = Math.fma(w[row + 1], value, bias[row + 1]);
        to[at + row + 2] = Math.fma(w[row + 2], value, bias[row + 2]);
        to[at + row + 3] = Math.fma(w[row + 3], value, bias[row + 3]);
      }
      for (; row < rows; row++) {
        to[at + row] = Math.fma(w[row], value, bias[row]);
      }
      at += rows;
      from += stride;
    }
  }

  /** Four rows of four inputs each, for all steps: the upper layers of two units, bidirectional. */
  private static void projectFour(float[] w, float[] x, float[] bias, float[] to, int seqLen) {
    for (int at = 0; at < 4 * seqLen; at += 4) {
      float x0 = x[at];
      float x1 = x[at + 1];
      float x2 = x[at + 2];
      float x3 = x[at + 3];
      float r0 = Math.fma(w[0], x0, Math.fma(w[1], x1, bias[0]));
      float r1 = Math.fma(w[4], x0, Math.fma(w[5], x1, bias[1]));
      float r2 = Math.fma(w[8], x0, Math.fma(w[9], x1, bias[2]));
      float r3 = Math.fma(w[12], x0, Math.fma(w[13], x1, bias[3]));
      to[at] = Math.fma(w[2], x2, Math.fma(w[3], x3, r0));
      to[at + 1] = Math.fma(w[6], x2, Math.fma(w[7], x3, r1));
      to[at + 2] = Math.fma(w[10], x2, Math.fma(w[11], x3, r2));
      to[at + 3] = Math.fma(w[14], x2, Math.fma(w[15], x3, r3));
    }
  }

  /** sum + w x, in the order of {@link ColumnKernel}: 1, 0, 3, 2 in each group of four. */
  private static float dot(float sum, float[] w, int at, float[] x, int xAt, int count) {
    float s = sum;
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      s = Math.fma(w[at + j], x[xAt + j], Math.fma(w[at + j + 1], x[xAt + j + 1], s));
      s = Math.fma(w[at + j + 2], x[xAt + j + 2], Math.fma(w[at + j + 3], x[xAt + j + 3], s));
    }
    for (; j < count; j++) {
      s = Math.fma(w[at + j], x[xAt + j], s);
    }
    return s;
  }

  /** Advances all directions from their first step to their last; each h goes to its row of out. */
  private void recur(
      int layer, boolean fromZeros, float[] out, int offset, int stride, int seqLen) {
    float[] w = hiddenWeights[layer];
    float[] h = first;
    int hAt = 0;
    int hBack = hiddenSize;
    for (int step = 0; step < seqLen; step++) {
      int back = seqLen - 1 - step;
      int to = offset + step * stride;
      int toBack = offset + back * stride + hiddenSize;
      int terms = fromZeros && step == 0 ? 0 : hiddenSize;
      step(layer, w, 0, step, h, hAt, terms, out, to);
      if (directions == 2) {
        step(layer, w, 1, back, h, hBack, terms, out, toBack);
      }
      h = out;
      hAt = to;
      hBack = toBack;
    }
  }

  /** {@code terms} of the sums W_hh h are added: hidden_size, or none where h is zeros. */
  private void step(
      int layer,
      float[] w,
      int direction,
      int t,
      float[] h,
      int hAt,
      int terms,
      float[] out,
      int to) {
    int sums = t * width + direction * gateRows;
    int at = direction * gateRows * hiddenSize;
    switch (cell) {
      case RNN_TANH -> tanhStep(w, at, projected, sums, h, hAt, terms, out, to, hiddenSize);
      case RNN_RELU -> reluStep(w, at, projected, sums, h, hAt, terms, out, to, hiddenSize);
      case LSTM -> {
        dots(w, at, projected, sums, h, hAt, terms, gates, 0, gateRows, hiddenSize);
        lstmStep(gates, cells, direction * hiddenSize, out, to, hiddenSize);
      }
      case GRU -> {
        int n = 2 * hiddenSize;
        int bias = direction * hiddenSize;
        dots(w, at, projected, sums, h, hAt, terms, gates, 0, n, hiddenSize);
        dots(
            w,
            at + n * hiddenSize,
            hiddenBias[layer],
            bias,
            h,
            hAt,
            terms,
            gates,
            n,
            hiddenSize,
            hiddenSize);
        gruStep(gates, projected, sums + n, h, hAt, out, to, hiddenSize);
      }
    }
  }

  private static void tanhStep(
      float[] w,
      int at,
      float[] sums,
      int sum,
      float[] h,
      int hAt,
      int terms,
      float[] out,
      int to,
      int size) {
    for (int k = 0; k < size; k++) {
      out[to + k] = Activation.scalarTanh(dot(sums[sum + k], w, at + k * size, h, hAt, terms));
    }
  }

  private static void reluStep(
      float[] w,
      int at,
      float[] sums,
      int sum,
      float[] h,
      int hAt,
      int terms,
      float[] out,
      int to,
      int size) {
    for (int k = 0; k < size; k++) {
      out[to + k] = Math.max(dot(sums[sum + k], w, at + k * size, h, hAt, terms), 0f);
    }
  }

  private static void dots(
      float[] w,
      int at,
      float[] sums,
      int sum,
      float[] h,
      int hAt,
      int terms,
      float[] to,
      int toAt,
      int rows,
      int size) {
    for (int row = 0; row < rows; row++) {
      to[toAt + row] = dot(sums[sum + row], w, at + row * size, h, hAt, terms);
    }
  }

  /** c' = f c + i g, h' = o tanh(c'); gates before tanh: i, f, g, o. */
  private static void lstmStep(float[] gates, float[] cells, int c, float[] out, int to, int size) {
    for (int k = 0; k < size; k++) {
      float i = sigmoid(gates[k]);
      float f = sigmoid(gates[size + k]);
      float g = Activation.scalarTanh(gates[2 * size + k]);
      float updated = Math.fma(f, cells[c + k], i * g);
      cells[c + k] = updated;
      out[to + k] = Activation.scalarTanh(updated) * sigmoid(gates[3 * size + k]);
    }
  }

  /**
   * n = tanh(x + r (W_hn h + b_hn)), h' = (1 - z) n + z h; gates before tanh: r, z, W_hn h + b_hn.
   */
  private static void gruStep(
      float[] gates, float[] x, int xAt, float[] h, int hAt, float[] out, int to, int size) {
    for (int k = 0; k < size; k++) {
      float r = sigmoid(gates[k]);
      float z = sigmoid(gates[size + k]);
      float n = Activation.scalarTanh(Math.fma(r, gates[2 * size + k], x[xAt + k]));
      out[to + k] = Math.fma(z, h[hAt + k] - n, n);
    }
  }

  private static float sigmoid(float half) {
    return Activation.sigmoidFromTanh(Activation.scalarTanh(half));
  }
}
