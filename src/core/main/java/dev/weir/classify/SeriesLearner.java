package dev.weir.classify;

import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies the windows of series and learns from their labels: by the model, a readout of its
 * network, a regression on convolutions of the window, and {@link StreamClassifier}, which mixes
 * all. Without learning the model answers alone. All that is learned is in the series' state. Not
 * thread-safe.
 */
final class SeriesLearner {

  private static final List<String> OF_MODEL = List.of("model", "model-readout");
  private static final String CONVOLUTION = "convolution";

  /** A window of fewer steps has no shapes to look for. */
  private static final int LEAST_CONVOLVED = 10;

  private static final int SUMMARIES = 5; // of each channel of a window

  private final ClassifySettings settings;
  private final int channels;
  private final StreamClassifier[] mixtures; // by their classes at most; created when needed
  private final List<String> externalNames;
  private final double[][] external; // (methods)(max classes)
  private final float[] summary;
  private final double[] network; // (max classes): probabilities of the model

  // null where windows are too short, or nothing is learned
  private WindowShapes shapes; // created for the first window
  private FeatureRegression convolution;
  private RowScaling scaling;
  private int scalingLength;
  private float[] scaled = {};

  private ModelRun model; // null until one has come

  /**
   * @throws ModelFormatException if the initial model is no classifier
   * @throws IllegalArgumentException if the initial model does not fit
   */
  SeriesLearner(ClassifySettings settings) throws ModelFormatException {
    this.settings = settings;
    ClassifySettings.Learning learning = settings.learning();
    this.channels = settings.channels();
    this.network = new double[learning.maxClasses()];
    this.summary = new float[channels * (settings.seqLen() == 1 ? 1 : SUMMARIES)];
    List<String> methods = new ArrayList<>();
    if (settings.model() != null) {
      methods.addAll(OF_MODEL);
    }
    if (learning.learns() && settings.seqLen() >= LEAST_CONVOLVED) {
      methods.add(CONVOLUTION);
      convolution = new FeatureRegression(WindowShapes.COUNT, learning.waiting(), 0f);
      Parts parts = new Parts();
      scaling = new RowScaling(channels, parts);
      scalingLength = parts.length();
    }
    this.external = new double[methods.size()][learning.maxClasses()];
    this.externalNames = List.copyOf(methods);
    this.mixtures = new StreamClassifier[learning.maxClasses() + 1];
    use(null);
  }

  /** The mixture for so many classes or some more, so that few sizes serve many classes. */
  private StreamClassifier mixture(int classCount) {
    ClassifySettings.Learning learning = settings.learning();
    int classes = 2;
    while (classes < classCount) {
      classes += Math.max(1, Integer.highestOneBit(classes) / 2);
    }
    classes = Math.min(classes, learning.maxClasses());
    if (mixtures[classes] == null) {
      mixtures[classes] =
          new StreamClassifier(
              new StreamClassifier.Settings(
                  summary.length, classes, learning.waiting(), externalNames, learning.seed()));
    }
    return mixtures[classes];
  }

  /** Names of the methods that are mixed; empty where nothing is learned. */
  List<String> methods() {
    return settings.learning().learns() ? mixture(0).methods() : List.of();
  }

  /**
   * Bytes of what is learned of a series, without what it reads of a model.
   *
   * @param waiting windows that wait for their label
   */
  int bytes(int classes, int waiting) {
    int learned = settings.learning().learns() ? mixture(classes).bytes(waiting) : 0;
    return learned + (convolution == null ? 0 : convolution.bytes(classes, waiting));
  }

  /** The model to use from now on; null: the initial one. */
  void use(ClassifierModel published) throws ModelFormatException {
    ClassifierModel next = published == null ? initial() : published;
    model = next == null ? null : new ModelRun(next, settings.learning());
  }

  private ClassifierModel initial() throws ModelFormatException {
    if (settings.initialModel() == null) {
      return null;
    }
    ClassifierModel initial =
        ClassifierFiles.fromBytes(settings.initialModel(), settings.model(), "initial model");
    String problem = settings.problemWith(initial);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return initial;
  }

  boolean hasModel() {
    return model != null;
  }

  /** Version of the model in use; -1 without one. */
  long modelVersion() {
    return model == null ? -1 : model.model().version();
  }

  /**
   * An observation has come.
   *
   * @param row (channels)
   */
  void observed(ClassState state, float[] row) {
    if (convolution == null) {
      return;
    }
    if (state.scaling.length != scalingLength) {
      state.scaling = new float[scalingLength];
    }
    scaling.add(state.scaling, row, 0);
  }

  /**
   * Classifies a window.
   *
   * @param window (steps, channels)
   * @return probabilities of the series' classes, valid until the next call; all 0 while there is
   *     no class
   */
  double[] classify(ClassState state, float[] window) {
    if (model != null) {
      model.addNames(state.names);
    }
    int classCount = state.names.size();
    if (model != null) {
      model.run(window, state.names, network);
    } else {
      Arrays.fill(network, 0);
      Arrays.fill(network, 0, classCount, 1.0 / Math.max(1, classCount));
    }
    if (!settings.learning().learns()) {
      forgetLearned(state);
      return network;
    }
    int answers = Math.max(1, classCount); // before the first class nothing can be wrong
    if (!isLearned(state)) { // a new series, or one that was restored with other settings
      forgetLearned(state);
      state.learner = mixture(answers).newState(model == null ? 0 : OF_MODEL.size());
      state.convolution = convolution == null ? null : convolution.newState();
    }
    StreamClassifier mixture = grown(state, answers);
    int waiting = mixture.waiting(state.learner);
    int at = 0;
    if (settings.model() != null) {
      System.arraycopy(network, 0, external[at++], 0, network.length);
      readout(state, waiting, answers, external[at++]);
    }
    if (convolution != null) {
      convolution.classify(
          state.convolution, shapes(state, window), waiting, answers, external[at]);
    }
    summarize(window);
    double[] mixed = mixture.classify(state.learner, summary, answers, external)[0];
    return classCount > 0 ? mixed : network; // all 0
  }

  private boolean isLearned(ClassState state) {
    return state.learner != null
        && mixture(state.learner.classes).fits(state.learner)
        && (convolution == null
            ? state.convolution == null
            : state.convolution != null && convolution.fits(state.convolution));
  }

  /** The mixture of a series, enlarged if it has more classes than before. */
  private StreamClassifier grown(ClassState state, int classCount) {
    StreamClassifier before = mixture(state.learner.classes);
    if (classCount <= state.learner.classes) {
      return before;
    }
    StreamClassifier mixture = mixture(classCount);
    mixture.grow(state.learner, before);
    return mixture;
  }

  private static void forgetLearned(ClassState state) {
    state.learner = null;
    state.convolution = null;
    state.readout = null;
  }

  private void readout(ClassState state, int waiting, int classCount, double[] probabilities) {
    if (model == null) {
      System.arraycopy(network, 0, probabilities, 0, network.length);
      return;
    }
    FeatureRegression regression = model.readout();
    if (!readsModel(state)) {
      state.readout = regression.newState();
      state.readoutModel = model.id();
      model.start(state.readout, state.names);
    }
    regression.classify(state.readout, model.features(), waiting, classCount, probabilities);
  }

  private boolean readsModel(ClassState state) {
    return state.readout != null
        && state.readoutModel == model.id()
        && model.readout().fits(state.readout);
  }

  private float[] shapes(ClassState state, float[] window) {
    if (state.scaling.length != scalingLength) { // a window of before a restart
      state.scaling = new float[scalingLength];
    }
    if (scaled.length != window.length) {
      scaled = new float[window.length];
    }
    for (int at = 0; at < window.length; at += channels) {
      scaling.standardize(state.scaling, window, at, scaled, at);
    }
    if (shapes == null) {
      shapes = new WindowShapes(settings.seqLen(), channels, settings.learning().seed());
    }
    return shapes.of(scaled);
  }

  /** Of each channel: newest value, mean, deviation, least and largest value. */
  private void summarize(float[] window) {
    int steps = window.length / channels;
    for (int c = 0; c < channels; c++) {
      float newest = window[window.length - channels + c];
      if (settings.seqLen() == 1) {
        summary[c] = newest;
        continue;
      }
      double sum = 0;
      float least = newest;
      float largest = newest;
      for (int at = c; at < window.length; at += channels) {
        sum += window[at];
        least = Math.min(least, window[at]);
        largest = Math.max(largest, window[at]);
      }
      double mean = sum / steps;
      double squares = 0;
      for (int at = c; at < window.length; at += channels) {
        squares += (window[at] - mean) * (window[at] - mean);
      }
      int to = c * SUMMARIES;
      summary[to] = newest;
      summary[to + 1] = (float) mean;
      summary[to + 2] = SeriesClassifier.finite(Math.sqrt(squares / steps));
      summary[to + 3] = least;
      summary[to + 4] = largest;
    }
  }

  /**
   * Learns the label of a window.
   *
   * @param age windows after it
   */
  void learn(ClassState state, int age, int label) {
    if (!settings.learning().learns()
        || !isLearned(state)
        || !mixture(state.learner.classes).isWaiting(state.learner, age)) {
      return; // the window was classified with other settings
    }
    int classCount = state.names.size();
    grown(state, classCount).learn(state.learner, age, classCount, label);
    if (convolution != null) {
      convolution.learn(state.convolution, age, classCount, label);
    }
    if (model != null && readsModel(state)) {
      model.readout().learn(state.readout, age, classCount, label);
    }
  }
}
