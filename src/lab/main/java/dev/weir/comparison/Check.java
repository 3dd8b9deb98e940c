package dev.weir.comparison;

import dev.weir.rnn.DoubleNetwork;
import java.util.Random;

/**
 * Nothing is timed that computes something else: outputs and gradients against the equations in
 * double precision, which are nobody's kernel.
 */
final class Check {

  /** Largest difference of an output. */
  static final double OUTPUT = 1e-6;

  /** Largest difference of a gradient, over the largest gradient. */
  private static final double GRADIENT = 1e-5;

  private static final double EPSILON = 1e-8; // Adam's

  /** DJL's Adam adds it before it corrects the bias of the second moment, by 1 - 0.999. */
  private static final double UNCORRECTED_EPSILON = EPSILON / Math.sqrt(1 - 0.999);

  private static final int SAMPLED_WEIGHTS = 24;
  private static final double STEP = 1e-5; // of the central difference

  private Check() {}

  static void output(String library, Shape shape, float[] out, boolean batchFirst) {
    double[] expected = reference(shape, DoubleNetwork.widened(shape.tensors().weights()));
    int width = 2 * shape.hiddenSize();
    for (int b = 0; b < shape.batch(); b++) {
      for (int t = 0; t < shape.seqLen(); t++) {
        int row = batchFirst ? b * shape.seqLen() + t : t * shape.batch() + b;
        for (int k = 0; k < width; k++) {
          double wanted = expected[(b * shape.seqLen() + t) * width + k];
          String what = "out[%d][%d][%d]".formatted(b, t, k);
          require(library, shape, what, wanted, out[row * width + k], OUTPUT);
        }
      }
    }
  }

  /** Holds a first step of training: its gradient at some weights, and where Adam moves them. */
  static void training(String library, Shape shape, Training training) {
    float[] gradient = training.gradient();
    double largest = 0;
    for (float value : gradient) {
      largest = Math.max(largest, Math.abs(value));
    }
    double[] before = DoubleNetwork.widened(training.weights());
    training.step();
    float[] after = training.weights();
    Random random = new Random(11);
    for (int n = 0; n < SAMPLED_WEIGHTS; n++) {
      int i = random.nextInt(before.length);
      double[] moved = before.clone();
      moved[i] = before[i] + STEP;
      double above = loss(shape, moved);
      moved[i] = before[i] - STEP;
      double wanted = (above - loss(shape, moved)) / (2 * STEP);
      require(library, shape, "gradient[" + i + "]", wanted, gradient[i], GRADIENT * largest);
      // bias correction makes the first step the learning rate, whatever the gradient's size
      double size = Math.abs(gradient[i]);
      double step = Training.LEARNING_RATE * gradient[i] / (size + EPSILON);
      double bound = 1e-7 + Training.LEARNING_RATE * UNCORRECTED_EPSILON / size;
      require(library, shape, "weight[" + i + "]", before[i] - step, after[i], bound);
    }
  }

  static void require(
      String library, Shape shape, String what, double wanted, double got, double bound) {
    if (!(Math.abs(got - wanted) <= bound)) {
      throw new IllegalStateException(
          "%s: expected %s = %s, got %s (%s)".formatted(library, what, wanted, got, shape));
    }
  }

  static double loss(Shape shape, double[] weights) {
    double[] out = reference(shape, weights);
    float[] target = shape.tensors().target();
    double sum = 0;
    for (int i = 0; i < out.length; i++) {
      sum += (out[i] - target[i]) * (out[i] - target[i]);
    }
    return sum / out.length;
  }

  /** out: (batch, seq_len, 2 * hidden_size). */
  static double[] reference(Shape shape, double[] weights) {
    return new DoubleNetwork(shape.config(), shape.batch(), shape.seqLen())
        .forward(weights, DoubleNetwork.widened(shape.tensors().input()), null, null);
  }
}
