package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A larger shape (hidden 32, seq_len 24), where vector code takes over, against the equations of
 * torch's pages in double precision, one sum at a time.
 */
class DoubleReferenceTest {

  private static final int BATCH = 3;
  private static final int SEQ_LEN = 24;

  @ParameterizedTest
  @EnumSource(Cell.class)
  void largeShapesAgreeWithDoublePrecision(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 4, 32, 2, true, true);
    float[] weights = Initialisation.recurrent(config, new TorchGenerator(23));
    Random random = new Random(29);
    float[] input = new float[BATCH * SEQ_LEN * config.inputSize()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    Rnn rnn = new Rnn(config);
    rnn.load(weights);
    RnnOutput result = new RnnOutput();
    double worst = 0;
    for (int round = 0; round < 200; round++) { // until the compiled code has answered, too
      rnn.forward(input, BATCH, SEQ_LEN, true, null, null, result);
    }
    for (int b = 0; b < BATCH; b++) {
      double[][] out = reference(config, weights, input, b);
      for (int t = 0; t < SEQ_LEN; t++) {
        for (int k = 0; k < config.outputSize(); k++) {
          float actual = result.out()[(b * SEQ_LEN + t) * config.outputSize() + k];
          double error = Math.abs(actual - out[t][k]);
          worst = Math.max(worst, error / Math.max(1.0, Math.abs(out[t][k])));
          assertThat(actual).isFinite();
        }
      }
    }
    System.out.println(cell + ": worst error against double precision " + worst);
    assertThat(worst).isLessThanOrEqualTo(1e-6);
  }

  private static double[][] reference(RnnConfig config, float[] weights, float[] input, int b) {
    Map<String, RnnConfig.Parameter> parameters = new HashMap<>();
    config.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    double[][] x = new double[SEQ_LEN][config.inputSize()];
    for (int t = 0; t < SEQ_LEN; t++) {
      for (int j = 0; j < config.inputSize(); j++) {
        x[t][j] = input[(b * SEQ_LEN + t) * config.inputSize() + j];
      }
    }
    int hiddenSize = config.hiddenSize();
    for (int layer = 0; layer < config.numLayers(); layer++) {
      double[][] out = new double[SEQ_LEN][config.outputSize()];
      for (int direction = 0; direction < config.numDirections(); direction++) {
        String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
        double[] h = new double[hiddenSize];
        double[] c = new double[hiddenSize];
        for (int step = 0; step < SEQ_LEN; step++) {
          int t = direction == 0 ? step : SEQ_LEN - 1 - step;
          double[] fromInput =
              affine(
                  weights,
                  parameters.get("weight_ih" + suffix),
                  parameters.get("bias_ih" + suffix),
                  x[t]);
          double[] fromHidden =
              affine(
                  weights,
                  parameters.get("weight_hh" + suffix),
                  parameters.get("bias_hh" + suffix),
                  h);
          h = step(config.cell(), fromInput, fromHidden, h, c);
          System.arraycopy(h, 0, out[t], direction * hiddenSize, hiddenSize);
        }
      }
      x = out;
    }
    return x;
  }

  private static double[] affine(
      float[] weights, RnnConfig.Parameter weight, RnnConfig.Parameter bias, double[] x) {
    double[] y = new double[weight.shape().get(0)];
    for (int row = 0; row < y.length; row++) {
      y[row] = weights[bias.offset() + row];
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
