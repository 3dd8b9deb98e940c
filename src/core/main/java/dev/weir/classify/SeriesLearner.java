package dev.weir.classify;

import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What answers for the windows of series, and learns from their labels: the model, a readout of its
 * network, a regression on convolutions of the window, and the methods of {@link StreamClassifier},
 * which mixes all. Where nothing is learned the model answers alone. All that is learned is in the
 * series' state. Not thread-safe.
 */
final class SeriesLearner {

  private static final String NETWORK = "model";
  private static final String READOUT = "model-readout";
  private static final String CONVOLUTION = "convolution";

  /** A window of fewer steps has no shapes to look for. */
  private static final int LEAST_CONVOLVED = 10;

  private static final int CONVOLVED_FEATURES = 2 * MiniRocket.KERNELS;
  private static final int SUMMARIES = 5; // of each channel of a window

  private final ClassifySettings settings;
  private final int channels;
  private final StreamClassifier mixture; // null where nothing is learned
  private final double[][] external; // (methods)(max classes)
  private final float[] summary;
  private final double[] network; // (max classes): what the model says

  // null where windows are too short, or nothing is learned
  private MiniRocket rocket;
  private MiniRocket.Scratch rocketScratch;
  private FeatureRegression convolution;
  private RowScaling scaling;
  private float[] convolved;
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
      methods.add(NETWORK);
      methods.add(READOUT);
    }
    if (learning.learns() && settings.seqLen() >= LEAST_CONVOLVED) {
      methods.add(CONVOLUTION);
      rocket =
          MiniRocket.standard(settings.seqLen(), channels, CONVOLVED_FEATURES, learning.seed());
      rocketScratch = new MiniRocket.Scratch();
      convolution =
          new FeatureRegression(rocket.features(), learning.maxClasses(), learning.waiting());
      scaling = new RowScaling(channels, 0);
      convolved = new float[rocket.features()];
    }
    this.external = new double[methods.size()][learning.maxClasses()];
    this.mixture =
        !learning.learns()
            ? null
            : new StreamClassifier(
                new StreamClassifier.Settings(
                    summary.length,
                    learning.maxClasses(),
                    learning.waiting(),
                    methods,
                    learning.seed()));
    use(null);
  }

  /** Names of the methods that are mixed; empty where nothing is learned. */
  List<String> methods() {
    return mixture == null ? List.of() : mixture.methods();
  }

  /** Bytes of what is learned of a series, without what it reads of a model. */
  int bytes() {
    int learned = mixture == null ? 0 : mixture.stateLength();
    int convolved = convolution == null ? 0 : convolution.stateLength();
    return Float.BYTES * (learned + convolved);
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
    if (state.scaling.length != scaling.length()) {
      state.scaling = new float[scaling.length()];
    }
    scaling.add(state.scaling, row, 0);
  }

  /**
   * Classifies a window.
   *
   * @param window (steps, channels)
   * @return probabilities of the series' classes, valid until the next call; all 0 while none is
   *     known
   */
  double[] classify(ClassState state, float[] window) {
    if (model != null) {
      model.addNames(state.names);
    }
    int known = state.names.size();
    if (model != null) {
      model.run(window, state.names, network);
    } else {
      Arrays.fill(network, 0);
      Arrays.fill(network, 0, known, 1.0 / Math.max(1, known));
    }
    if (mixture == null) {
      forgetLearned(state);
      return network;
    }
    if (!isLearned(state)) { // a new series, or one that was restored with other settings
      forgetLearned(state);
      state.learner = mixture.newState();
      if (convolution != null) {
        state.convolution = convolution.newState();
      }
    }
    int at = 0;
    int answers = Math.max(1, known); // before the first class nothing can be wrong
    if (settings.model() != null) {
      System.arraycopy(network, 0, external[at++], 0, network.length);
      readout(state, answers, external[at++]);
    }
    if (convolution != null) {
      convolve(state, window, answers, external[at]);
    }
    summarize(window);
    double[] mixed = mixture.classify(state.learner, summary, answers, external)[0];
    state.learnerWindows = Math.min(settings.learning().waiting(), state.learnerWindows + 1);
    return known > 0 ? mixed : network; // which says nothing
  }

  private boolean isLearned(ClassState state) {
    int convolved = convolution == null ? 0 : convolution.stateLength();
    return state.learner.length == mixture.stateLength() && state.convolution.length == convolved;
  }

  private static void forgetLearned(ClassState state) {
    state.learner = ClassState.NOTHING;
    state.convolution = ClassState.NOTHING;
    state.readout = ClassState.NOTHING;
    state.learnerWindows = 0;
    state.readoutWindows = 0;
  }

  private void readout(ClassState state, int known, double[] probabilities) {
    if (model == null) {
      System.arraycopy(network, 0, probabilities, 0, network.length);
      return;
    }
    FeatureRegression regression = model.readout();
    if (state.readoutModel != model.id() || state.readout.length != regression.stateLength()) {
      state.readout = regression.newState();
      state.readoutModel = model.id();
      state.readoutWindows = 0;
      model.start(state.readout, state.names);
    }
    regression.classify(state.readout, model.features(), known, probabilities);
    state.readoutWindows = Math.min(settings.learning().waiting(), state.readoutWindows + 1);
  }

  private void convolve(ClassState state, float[] window, int known, double[] probabilities) {
    if (state.scaling.length != scaling.length()) { // a window of before a restart
      state.scaling = new float[scaling.length()];
    }
    if (scaled.length != window.length) {
      scaled = new float[window.length];
    }
    for (int at = 0; at < window.length; at += channels) {
      scaling.standardize(state.scaling, window, at, scaled, at);
    }
    rocket.transform(scaled, convolved, rocketScratch);
    for (int f = 0; f < convolved.length; f++) {
      convolved[f] -= 0.5f; // it is a share
    }
    convolution.classify(state.convolution, convolved, known, probabilities);
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
    if (mixture == null || !isLearned(state) || age >= state.learnerWindows) {
      return; // the window was classified with other settings
    }
    int known = state.names.size();
    mixture.learn(state.learner, age, known, label);
    if (convolution != null) {
      convolution.learn(state.convolution, age, known, label);
    }
    if (model != null && state.readoutModel == model.id() && age < state.readoutWindows) {
      model.readout().learn(state.readout, age, known, label);
    }
  }
}
