package dev.weir.classify;

import dev.weir.model.ClassifierModel;
import dev.weir.model.Convolution;
import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Linear;
import dev.weir.rnn.Rnn;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import java.util.Arrays;

/**
 * Classifies windows with a trained network, and with the convolution that its model may have.
 * Allocates nothing for windows of the same length. Use one instance per thread.
 */
public final class NetworkClassifier {

  private final InputView view;
  private final RnnConfig config;
  private final Readout readout;
  private final int classes;
  private final float[] weights;
  private final Rnn rnn;
  private final RnnOutput result = new RnnOutput();
  private final float[] read;
  private float[] input = {};

  // null without a convolution
  private Convolution convolution;
  private ConvolutionFeatures convolved;
  private double factor;
  private float[] scores; // (classes)
  private double[] said; // (classes): the network's probabilities
  private double[] mixed; // (classes)

  /**
   * @param weights network, head's weight, head's bias, as {@link ClassifierTrainer#train} gives
   *     them
   */
  public NetworkClassifier(
      InputView view, RnnConfig config, Readout readout, int classes, float[] weights) {
    this.view = view;
    this.config = config;
    this.readout = readout;
    this.classes = classes;
    this.weights = weights;
    this.rnn = new Rnn(config);
    this.read = new float[config.outputSize()];
    rnn.load(Arrays.copyOf(weights, config.parameterCount()));
  }

  /** One that answers as a model does; a many-to-many one for the last step of a window. */
  public static NetworkClassifier of(ClassifierModel model) {
    NetworkClassifier classifier =
        new NetworkClassifier(
            model.view(),
            model.rnn(),
            model.mode() == Mode.MANY_TO_MANY ? Readout.LAST_STEP : model.readout(),
            model.classes().size(),
            model.weights());
    if (model.convolution() != null) {
      classifier.convolution = model.convolution();
      classifier.convolved = ConvolutionFeatures.of(model.view(), model.convolution());
      classifier.factor = model.factor();
      classifier.scores = new float[classifier.classes];
      classifier.said = new double[classifier.classes];
      classifier.mixed = new double[classifier.classes];
    }
    return classifier;
  }

  /** What the head read of the last window, valid until the next one: {@code (output size)}. */
  public float[] features() {
    return read;
  }

  /**
   * What a many-to-one model says of a window: the softmax of these logits times its factor are the
   * probabilities, of network and convolution together.
   *
   * @param window (steps, channels)
   * @param logits (classes); overwritten
   */
  public void logits(float[] window, float[] logits) {
    int steps = forward(window);
    Readouts.read(readout, result, config, 0, 1, steps, read, null);
    int headAt = config.parameterCount();
    int biasAt = headAt + classes * config.outputSize();
    Linear.forward(
        weights, headAt, weights, biasAt, config.outputSize(), classes, read, 0, logits, 0);
    if (convolution != null) {
      mix(convolved.of(window), logits);
    }
  }

  private void mix(float[] features, float[] logits) {
    Linear.forward(
        convolution.weights(),
        0,
        convolution.bias(),
        0,
        features.length,
        classes,
        features,
        0,
        scores,
        0);
    Probabilities.softmax(logits, factor, said);
    Probabilities.softmax(scores, 1, mixed);
    double share = convolution.share();
    for (int k = 0; k < classes; k++) {
      double probability = share * mixed[k] + (1 - share) * said[k];
      logits[k] = (float) (Math.log(Math.max(Probabilities.LEAST, probability)) / factor);
    }
  }

  /**
   * What a model says of the window that ends with a step, as in a job.
   *
   * @param values (steps, channels)
   * @param step the newest of the window
   * @param seqLen steps of a window; fewer at the beginning
   * @param logits (classes); overwritten
   */
  public void logitsAt(float[] values, int step, int seqLen, float[] logits) {
    int from = Math.max(0, step + 1 - seqLen) * view.channels();
    logits(Arrays.copyOfRange(values, from, (step + 1) * view.channels()), logits);
  }

  /**
   * What a many-to-many model says of each step of a window.
   *
   * @param window (steps, channels)
   * @param logits (steps, classes); overwritten
   */
  public void stepLogits(float[] window, float[] logits) {
    int steps = forward(window);
    int width = config.outputSize();
    int headAt = config.parameterCount();
    int biasAt = headAt + classes * width;
    for (int t = 0; t < steps; t++) {
      Linear.forward(
          weights,
          headAt,
          weights,
          biasAt,
          width,
          classes,
          result.out(),
          t * width,
          logits,
          t * classes);
    }
  }

  private int forward(float[] window) {
    int steps = view.steps(window.length / view.channels());
    int length = steps * view.inputSize();
    if (input.length != length) { // the network wants just that length
      input = new float[length];
    }
    view.fill(window, input, 0);
    rnn.forward(input, 1, steps, true, null, null, result);
    return steps;
  }
}
