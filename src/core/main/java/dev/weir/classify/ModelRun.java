package dev.weir.classify;

import dev.weir.model.ClassifierModel;
import java.util.Arrays;
import java.util.List;

/** A model in use, and the regression by which a series learns to read its network. */
final class ModelRun {

  /** Bias of a class that the model does not have. */
  private static final float UNKNOWN_BIAS = -3f;

  private final ClassifierModel model;
  private final NetworkClassifier classifier;
  private final FeatureRegression readout;
  private final long id;
  private final int maxClasses;
  private final float[] logits;
  private final double[] probabilities;

  ModelRun(ClassifierModel model, ClassifySettings.Learning learning) {
    this.model = model;
    this.classifier = new NetworkClassifier(model);
    this.maxClasses = learning.maxClasses();
    this.readout =
        new FeatureRegression(model.rnn().outputSize(), learning.waiting(), UNKNOWN_BIAS);
    this.id = 31 * model.version() + Arrays.hashCode(model.weights());
    this.logits = new float[model.classes().size()];
    this.probabilities = new double[model.classes().size()];
  }

  ClassifierModel model() {
    return model;
  }

  FeatureRegression readout() {
    return readout;
  }

  /** Differs between models, also between two of one version. */
  long id() {
    return id;
  }

  /** Input of the network's head for the last window. */
  float[] features() {
    return classifier.features();
  }

  /** Adds the model's classes to those of a series, as far as there is room. */
  void addNames(List<String> names) {
    List<String> classes = model.classes();
    for (int k = 0; k < classes.size(); k++) {
      if (index(names, k) < 0 && names.size() < maxClasses) {
        names.add(classes.get(k));
      }
    }
  }

  /** Index among a series' classes of a class of the model; usually the same. */
  private int index(List<String> names, int k) {
    String name = model.classes().get(k);
    return k < names.size() && names.get(k).equals(name) ? k : names.indexOf(name);
  }

  /**
   * Classifies a window.
   *
   * @param classProbabilities probabilities of the series' classes; overwritten
   */
  void run(float[] window, List<String> names, double[] classProbabilities) {
    classifier.logits(window, logits);
    Probabilities.softmax(logits, probabilities);
    Arrays.fill(classProbabilities, 0);
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      int index = index(names, k);
      if (index >= 0) {
        classProbabilities[index] = probabilities[k];
        sum += probabilities[k];
      }
    }
    for (int k = 0; k < names.size(); k++) { // classes for which there was no room
      classProbabilities[k] = sum > 0 ? classProbabilities[k] / sum : 1.0 / names.size();
    }
  }

  /** Starts a series with the model's own head. */
  void start(FeatureRegression.State state, List<String> names) {
    float[] weights = model.weights();
    int width = model.rnn().outputSize();
    int classes = model.classes().size();
    int headAt = model.rnn().parameterCount();
    float[] row = new float[width];
    for (int k = 0; k < classes; k++) {
      int index = index(names, k);
      if (index >= 0) {
        System.arraycopy(weights, headAt + k * width, row, 0, width);
        readout.setWeights(state, index, row, weights[headAt + classes * width + k]);
      }
    }
  }
}
