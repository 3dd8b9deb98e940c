package dev.weir.rnn;

import static dev.weir.rnn.VectorLoops.LANES;
import static dev.weir.rnn.VectorLoops.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The Vector API's kernel: {@link PanelWeights} times inputs, with the sums in registers, both
 * directions in lock-step. Gives the bits of {@link ColumnKernel}.
 *
 * <p>Every loop over vectors is a static method of its own: see {@link VectorLoops}.
 */
final class VectorKernel extends RecurrentKernel {

  private final int padded; // hidden_size, rounded up to whole vectors
  private final int gateRows; // gates * padded
  private final PanelWeights weights;

  // scratch
  private float[] projected = {}; // (seq_len, num_directions * gates * padded)
  private float[] rows = {}; // (seq_len, num_directions * padded): h of each step
  private final float[] first; // (num_directions, padded): h before the first step
  private final float[] cells; // (num_directions, padded): c, LSTM only
  private final float[] gates; // (num_directions, gates, padded): of one step; LSTM and GRU

  VectorKernel(RnnConfig config) {
    super(config);
    this.weights = new PanelWeights(config, LANES);
    this.padded = weights.padded();
    this.gateRows = cell.gates() * padded;
    this.first = new float[directions * padded];
    this.cells = new float[directions * padded];
    this.gates = new float[directions * gateRows];
  }

  @Override
  String name() {
    return "vector";
  }

  @Override
  void load(float[] learned) {
    weights.pack(learned);
  }

  @Override
  void growScratch(int seqLen) {
    if (projected.length < seqLen * directions * gateRows) {
      projected = new float[seqLen * directions * gateRows];
      rows = new float[padded == hiddenSize ? 0 : seqLen * directions * padded];
    }
  }

  private void unpad(float[] to, int offset, int stride, int seqLen) {
    for (int t = 0; t < seqLen; t++) {
      for (int d = 0; d < directions; d++) {
        int from = (t * directions + d) * padded;
        System.arraycopy(rows, from, to, offset + t * stride + d * hiddenSize, hiddenSize);
      }
    }
  }

  @Override
  void project(int of, float[] x, int offset, int stride, int inputSize, int seqLen) {
    PanelWeights.Layer layer = weights.layer(of);
    int width = directions * gateRows;
    int row = 0;
    for (; row + VectorPanels.WIDE <= width; row += VectorPanels.WIDE) {
      projectPanel(layer, row, x, offset, stride, inputSize, seqLen);
    }
    if (row < width) {
      for (int t = 0; t < seqLen; t++) {
        VectorPanels.oneNarrow(
            layer.input,
            row * inputSize,
            inputSize,
            x,
            offset + t * stride,
            layer.inputBias,
            row,
            projected,
            t * width + row);
      }
    }
  }

  private void projectPanel(
      PanelWeights.Layer layer,
      int row,
      float[] x,
      int offset,
      int stride,
      int inputSize,
      int seqLen) {
    int width = directions * gateRows;
    float[] w = layer.input;
    float[] bias = layer.inputBias;
    int at = row * inputSize;
    int t = 0;
    for (; t + 4 <= seqLen; t += 4) {
      int from = offset + t * stride;
      int to = t * width + row;
      VectorPanels.four(w, at, inputSize, x, from, stride, bias, row, projected, to, width);
    }
    for (; t < seqLen; t++) {
      int from = offset + t * stride;
      VectorPanels.one(w, at, inputSize, x, from, bias, row, projected, t * width + row);
    }
  }

  @Override
  void begin(int direction, float[] h0, float[] c0, int from) {
    startFrom(h0, from, first, direction * padded);
    startFrom(c0, from, cells, direction * padded);
  }

  private void startFrom(float[] given, int from, float[] state, int to) {
    if (given == null) {
      Arrays.fill(state, to, to + padded, 0f);
    } else {
      System.arraycopy(given, from, state, to, hiddenSize);
      // past hidden_size a cell takes part in the arithmetic, though no unit ever reads it
      Arrays.fill(state, to + hiddenSize, to + padded, 0f);
    }
  }

  @Override
  void copyCells(int direction, float[] cN, int to) {
    System.arraycopy(cells, direction * padded, cN, to, hiddenSize);
  }

  @Override
  void recur(int of, boolean fromZeros, float[] out, int offset, int stride, int seqLen) {
    PanelWeights.Layer layer = weights.layer(of);
    if (padded == hiddenSize) {
      advance(layer, fromZeros, out, offset, stride, seqLen);
    } else {
      advance(layer, fromZeros, rows, 0, directions * padded, seqLen);
      unpad(out, offset, stride, seqLen);
    }
  }

  /** Each h goes to its row of out, padded. */
  private void advance(
      PanelWeights.Layer layer,
      boolean fromZeros,
      float[] out,
      int offset,
      int stride,
      int seqLen) {
    int width = directions * gateRows;
    float[] h = first;
    int hA = 0;
    int hB = padded;
    for (int step = 0; step < seqLen; step++) {
      int back = seqLen - 1 - step;
      int sumA = step * width;
      int sumB = back * width + gateRows;
      int outA = offset + step * stride;
      int outB = offset + back * stride + padded;
      int terms = fromZeros && step == 0 ? 0 : hiddenSize;
      switch (cell) {
        case RNN_TANH -> {
          multiply(layer, gateRows, 0, h, hA, hB, terms, projected, sumA, sumB, out, outA, outB);
          tanh(out, outA, outB, padded);
        }
        case RNN_RELU -> {
          multiply(layer, gateRows, 0, h, hA, hB, terms, projected, sumA, sumB, out, outA, outB);
          relu(out, outA, padded);
          if (directions == 2) {
            relu(out, outB, padded);
          }
        }
        case LSTM -> {
          multiply(layer, gateRows, 0, h, hA, hB, terms, projected, sumA, sumB, gates, 0, gateRows);
          lstmStep(out, outA, outB);
        }
        case GRU -> {
          int n = 2 * padded;
          multiply(layer, n, 0, h, hA, hB, terms, projected, sumA, sumB, gates, 0, gateRows);
          float[] bias = layer.hiddenBias;
          multiply(layer, padded, n, h, hA, hB, terms, bias, 0, padded, gates, n, gateRows + n);
          gruStep(h, hA, hB, sumA + n, sumB + n, out, outA, outB);
        }
      }
      h = out;
      hA = outA;
      hB = outB;
    }
  }

  /**
   * to = from + W_hh h, for {@code length} rows from {@code firstRow} on of both directions; {@code
   * terms} of each sum are added: hidden_size, or none where h is zeros.
   */
  private void multiply(
      PanelWeights.Layer layer,
      int length,
      int firstRow,
      float[] h,
      int hA,
      int hB,
      int terms,
      float[] from,
      int fromA,
      int fromB,
      float[] to,
      int toA,
      int toB) {
    float[] w = layer.hidden;
    int size = hiddenSize;
    int i = 0;
    for (; i < length; i += VectorPanels.WIDE) {
      int atA = (firstRow + i) * size;
      int atB = (gateRows + firstRow + i) * size;
      boolean narrow = i + LANES == length;
      if (directions == 1) {
        if (narrow) {
          VectorPanels.oneNarrow(w, atA, terms, h, hA, from, fromA + i, to, toA + i);
        } else {
          VectorPanels.one(w, atA, terms, h, hA, from, fromA + i, to, toA + i);
        }
      } else if (narrow) {
        VectorPanels.pairNarrow(
            w, atA, atB, terms, h, hA, hB, from, fromA + i, fromB + i, to, toA + i, toB + i);
      } else {
        VectorPanels.pair(
            w, atA, atB, terms, h, hA, hB, from, fromA + i, fromB + i, to, toA + i, toB + i);
      }
    }
  }

  private void tanh(float[] values, int atA, int atB, int length) {
    if (directions == 2) {
      VectorLoops.tanh(values, atA, atB, length);
    } else {
      VectorLoops.tanh(values, atA, length);
    }
  }

  /** c' = f c + i g, h' = o tanh(c') (gates i, f, g, o). */
  private void lstmStep(float[] out, int outA, int outB) {
    int o = 3 * padded;
    tanh(gates, 0, gateRows, gateRows);
    updateCell(gates, 0, padded, cells, 0, out, outA);
    if (directions == 2) {
      updateCell(gates, gateRows, padded, cells, padded, out, outB);
    }
    tanh(out, outA, outB, padded);
    openOutput(gates, o, padded, out, outA);
    if (directions == 2) {
      openOutput(gates, gateRows + o, padded, out, outB);
    }
  }

  /** n = tanh(x + r (W_hn h + b_hn)), h' = (1 - z) n + z h (gates r, z, and that sum). */
  private void gruStep(float[] h, int hA, int hB, int xA, int xB, float[] out, int outA, int outB) {
    tanh(gates, 0, gateRows, 2 * padded);
    resetHidden(gates, 0, padded, projected, xA, out, outA);
    if (directions == 2) {
      resetHidden(gates, gateRows, padded, projected, xB, out, outB);
    }
    tanh(out, outA, outB, padded);
    blend(gates, padded, padded, h, hA, out, outA);
    if (directions == 2) {
      blend(gates, gateRows + padded, padded, h, hB, out, outB);
    }
  }

  private static void relu(float[] h, int at, int length) {
    for (int i = at; i < at + length; i += LANES) {
      FloatVector.fromArray(SPECIES, h, i).max(0f).intoArray(h, i);
    }
  }

  /**
   * c' = f c + i g, to cells and to; gates after tanh: i, f, g. As in all gates, sigmoid(x) = (1 +
   * tanh(x / 2)) / 2.
   */
  private static void updateCell(
      float[] gates, int at, int size, float[] cells, int cAt, float[] to, int toAt) {
    for (int k = 0; k < size; k += LANES) {
      FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector i = half.fma(FloatVector.fromArray(SPECIES, gates, at + k), half);
      FloatVector f = half.fma(FloatVector.fromArray(SPECIES, gates, at + size + k), half);
      FloatVector g = FloatVector.fromArray(SPECIES, gates, at + 2 * size + k);
      FloatVector c = f.fma(FloatVector.fromArray(SPECIES, cells, cAt + k), i.mul(g));
      c.intoArray(cells, cAt + k);
      c.intoArray(to, toAt + k);
    }
  }

  /** h *= o; o after tanh. */
  private static void openOutput(float[] gates, int at, int size, float[] h, int hAt) {
    for (int k = 0; k < size; k += LANES) {
      FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector o = half.fma(FloatVector.fromArray(SPECIES, gates, at + k), half);
      FloatVector.fromArray(SPECIES, h, hAt + k).mul(o).intoArray(h, hAt + k);
    }
  }

  /** to = x + r (W_hn h + b_hn); gates: r after tanh, and behind z that sum. */
  private static void resetHidden(
      float[] gates, int at, int size, float[] x, int xAt, float[] to, int toAt) {
    for (int k = 0; k < size; k += LANES) {
      FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector r = half.fma(FloatVector.fromArray(SPECIES, gates, at + k), half);
      FloatVector fromHidden = FloatVector.fromArray(SPECIES, gates, at + 2 * size + k);
      r.fma(fromHidden, FloatVector.fromArray(SPECIES, x, xAt + k)).intoArray(to, toAt + k);
    }
  }

  /** h' = (1 - z) n + z h, over n; z after tanh. */
  private static void blend(
      float[] gates, int at, int size, float[] h, int hAt, float[] n, int nAt) {
    for (int k = 0; k < size; k += LANES) {
      FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector z = half.fma(FloatVector.fromArray(SPECIES, gates, at + k), half);
      FloatVector next = FloatVector.fromArray(SPECIES, n, nAt + k);
      FloatVector before = FloatVector.fromArray(SPECIES, h, hAt + k);
      z.fma(before.sub(next), next).intoArray(n, nAt + k);
    }
  }
}
