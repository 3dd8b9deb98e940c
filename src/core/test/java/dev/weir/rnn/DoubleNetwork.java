package dev.weir.rnn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The equations of torch's pages in double precision, one sum at a time and batch_first: slow,
 * independent of our kernels, and near enough to the truth to differentiate numerically.
 */
public final class DoubleNetwork {

  private final RnnConfig config;
  private final int batch;
  private final int seqLen;
  private final Map<String, RnnConfig.Parameter> parameters = new HashMap<>();

  /** Of the last forward: (num_layers * num_directions, batch, hidden_size). */
  final double[] hN;

  final double[] cN;

  public DoubleNetwork(RnnConfig config, int batch, int seqLen) {
    this.config = config;
    this.batch = batch;
    this.seqLen = seqLen;
    config.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    hN = new double[config.numLayers() * batch * config.outputSize()];
    cN = new double[hN.length];
  }

  public static double[] widened(float[] values) {
    if (values == null) {
      return null;
    }
    double[] widened = new double[values.length];
    Arrays.setAll(widened, i -> values[i]);
    return widened;
  }

  /** Returns out: (batch, seq_len, num_directions * hidden_size). */
  public double[] forward(double[] weights, double[] input, double[] h0, double[] c0) {
    int width = seqLen * config.outputSize();
    double[] out = new double[batch * width];
    for (int b = 0; b < batch; b++) {
      double[][] rows = sequence(weights, input, b, h0, c0);
      for (int t = 0; t < seqLen; t++) {
        System.arraycopy(rows[t], 0, out, b * width + t * config.outputSize(), config.outputSize());
      }
    }
    return out;
  }

  private double[][] sequence(double[] weights, double[] input, int b, double[] h0, double[] c0) {
    int hiddenSize = config.hiddenSize();
    double[][] x = new double[seqLen][config.inputSize()];
    for (int t = 0; t < seqLen; t++) {
      System.arraycopy(input, (b * seqLen + t) * config.inputSize(), x[t], 0, config.inputSize());
    }
    for (int layer = 0; layer < config.numLayers(); layer++) {
      double[][] out = new double[seqLen][config.outputSize()];
      for (int direction = 0; direction < config.numDirections(); direction++) {
        String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
        int state = ((layer * config.numDirections() + direction) * batch + b) * hiddenSize;
        double[] h = new double[hiddenSize];
        double[] c = new double[hiddenSize];
        if (h0 != null) {
          System.arraycopy(h0, state, h, 0, hiddenSize);
        }
        if (c0 != null) {
          System.arraycopy(c0, state, c, 0, hiddenSize);
        }
        for (int step = 0; step < seqLen; step++) {
          int t = direction == 0 ? step : seqLen - 1 - step;
          double[] fromInput = affine(weights, "ih" + suffix, x[t]);
          double[] fromHidden = affine(weights, "hh" + suffix, h);
          h = step(config.cell(), fromInput, fromHidden, h, c);
          System.arraycopy(h, 0, out[t], direction * hiddenSize, hiddenSize);
        }
        System.arraycopy(h, 0, hN, state, hiddenSize);
        System.arraycopy(c, 0, cN, state, hiddenSize);
      }
      x = out;
    }
    return x;
  }

  private double[] affine(double[] weights, String name, double[] x) {
    RnnConfig.Parameter weight = parameters.get("weight_" + name);
    RnnConfig.Parameter bias = parameters.get("bias_" + name);
    double[] y = new double[weight.shape().get(0)];
    for (int row = 0; row < y.length; row++) {
      y[row] = bias == null ? 0 : weights[bias.offset() + row];
      for (int j = 0; j < x.length; j++) {
        y[row] += weights[weight.offset() + row * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static double[] step(
      Cell cell, double[] fromInput, double[] fromHidden, double[] h, double[] c) {
    int size = h.length;
    double[] sum = new double[fromInput.length];
    Arrays.setAll(sum, i -> fromInput[i] + fromHidden[i]);
    double[] next = new double[size];
    for (int k = 0; k < size; k++) {
      switch (cell) {
        case RNN_TANH -> next[k] = Math.tanh(sum[k]);
        case RNN_RELU -> next[k] = Math.max(0, sum[k]);
        case LSTM -> {
          double g = Math.tanh(sum[2 * size + k]);
          c[k] = sigmoid(sum[size + k]) * c[k] + sigmoid(sum[k]) * g;
          next[k] = sigmoid(sum[3 * size + k]) * Math.tanh(c[k]);
        }
        case GRU -> {
          double r = sigmoid(sum[k]);
          double z = sigmoid(sum[size + k]);
          double n = Math.tanh(fromInput[2 * size + k] + r * fromHidden[2 * size + k]);
          next[k] = (1 - z) * n + z * h[k];
        }
      }
    }
    return next;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
