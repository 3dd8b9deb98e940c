package dev.weir.cli.classify.ensemble;

import dev.weir.classify.LabelledWindows;
import dev.weir.classify.Probabilities;
import dev.weir.classify.convolution.MiniRocket;
import dev.weir.classify.network.ClassifierTrainer;
import dev.weir.classify.network.InputViews;
import dev.weir.classify.network.NetworkClassifier;
import dev.weir.model.InputView;
import dev.weir.model.InputView.Block;
import dev.weir.rnn.cell.RnnConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.DoubleConsumer;

/**
 * Classifies windows by a mixture of recurrent networks and convolutional features. The windows to
 * learn from are split into parts; what each method says of a part that it did not see decides its
 * weight in the mixture, how sharp its probabilities are and the penalty of the ridge regression.
 * The networks of all parts and one that saw all windows are averaged.
 *
 * <p>The same windows and settings give the same bits, whatever the number of threads. Use one
 * instance per thread.
 */
public final class WindowClassifier {

  /** Penalties of the ridge regression, of which the best is taken. */
  private static final double[] PENALTIES = {0.1, 1, 10, 100, 1e3, 1e4, 1e5};

  /** Values of a matrix of features, at most about. */
  private static final long MAX_FEATURE_VALUES = 10_000_000;

  private static final int MAX_FEATURES = 119 * MiniRocket.KERNELS;
  private static final int MIN_FEATURES = 10 * MiniRocket.KERNELS;
  private static final double LEAST_WEIGHT = 0.02;

  /** Names of the methods, in the order of {@link #classify}. */
  public static final List<String> METHODS =
      List.of("mixture", "network", "networks", "convolution", "frequencies");

  private final List<NetworkClassifier> networks; // the last one saw all windows
  private final double networkFactor;
  private final InputView convolutionView;
  private final MiniRocket rocket;
  private final RidgeClassifier ridge;
  private final double ridgeFactor;
  private final double[] weights; // networks, convolution, frequencies
  private final double[] frequencies;

  // scratch
  private final MiniRocket.Scratch scratch = new MiniRocket.Scratch();
  private final float[] features;
  private final float[] scores;
  private float[] input = {};

  private WindowClassifier(
      List<NetworkClassifier> networks,
      double networkFactor,
      InputView convolutionView,
      MiniRocket rocket,
      RidgeClassifier ridge,
      double ridgeFactor,
      double[] weights,
      double[] frequencies) {
    this.networks = networks;
    this.networkFactor = networkFactor;
    this.convolutionView = convolutionView;
    this.rocket = rocket;
    this.ridge = ridge;
    this.ridgeFactor = ridgeFactor;
    this.weights = weights;
    this.frequencies = frequencies;
    this.features = new float[rocket.features()];
    this.scores = new float[frequencies.length];
  }

  /**
   * What the convolution of some windows has learned, and what it says of others.
   *
   * @param problem of all windows; null for a part of them
   */
  private record Convolution(
      InputView view, MiniRocket rocket, RidgeClassifier.Problem problem, float[][][] scores) {}

  /** A trained network, and what it says of windows that it did not see. */
  private record Trained(InputView view, float[] weights, float[][] scores) {}

  /**
   * Learns from windows.
   *
   * @param windows at least two of each of two classes
   * @param threads do the work
   * @param progress told the share that is done
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  public static WindowClassifier train(
      LabelledWindows windows,
      ClassifierSettings settings,
      ExecutorService threads,
      DoubleConsumer progress) {
    int present = (int) Arrays.stream(windows.counts()).filter(count -> count > 0).count();
    if (present < 2 || windows.size() < 4) {
      throw new IllegalArgumentException(
          "windows: expected at least 4, of 2 classes, got %d of %d"
              .formatted(windows.size(), present));
    }
    int parts = Math.min(settings.folds(), windows.size() / 2);
    int[] folds = windows.folds(parts);
    DoubleAdder done = new DoubleAdder();
    List<Future<Trained>> trainings = new ArrayList<>();
    List<Future<Convolution>> convolutions = new ArrayList<>();
    for (int part = 0; part <= parts; part++) {
      int fold = part;
      boolean all = part == parts;
      LabelledWindows seen =
          all ? windows : windows.subset(LabelledWindows.places(folds, part, false));
      LabelledWindows unseen = windows.subset(LabelledWindows.places(folds, part, true));
      double share = 1.0 / (parts + 1);
      trainings.add(
          threads.submit(
              () ->
                  trained(
                      settings,
                      seen,
                      unseen,
                      settings.seed() * 1_000 + fold,
                      new Step(done, share, progress))));
      convolutions.add(
          threads.submit(() -> convolution(seen, unseen, settings.seed() * 1_000 + fold, all)));
    }
    int classes = windows.classes().size();
    float[][] networkScores = new float[windows.size()][];
    float[][][] ridgeScores = new float[PENALTIES.length][windows.size()][];
    List<NetworkClassifier> networks = new ArrayList<>();
    RnnConfig rnn = null;
    for (int part = 0; part <= parts; part++) {
      Trained trained = result(trainings.get(part));
      rnn = settings.rnn(trained.view());
      networks.add(
          new NetworkClassifier(
              trained.view(), rnn, settings.readout(), classes, trained.weights()));
      int[] places = LabelledWindows.places(folds, part, true);
      float[][][] convolved = result(convolutions.get(part)).scores();
      for (int i = 0; i < places.length; i++) {
        networkScores[places[i]] = trained.scores()[i];
        for (int p = 0; p < PENALTIES.length; p++) {
          ridgeScores[p][places[i]] = convolved[p][i];
        }
      }
    }
    int[] labels = windows.labels();
    int best = 0;
    double[] losses = new double[PENALTIES.length];
    for (int p = 0; p < PENALTIES.length; p++) {
      double factor = Probabilities.bestFactor(ridgeScores[p], labels);
      losses[p] = Probabilities.logLoss(ridgeScores[p], labels, factor);
      best = losses[p] < losses[best] ? p : best;
    }
    double networkFactor = Probabilities.bestFactor(networkScores, labels);
    double ridgeFactor = Probabilities.bestFactor(ridgeScores[best], labels);
    double[] frequencies = new double[classes];
    int[] counts = windows.counts();
    for (int k = 0; k < classes; k++) {
      frequencies[k] = (counts[k] + 0.5) / (windows.size() + 0.5 * classes);
    }
    double[][] ofTruth = {
      ofTruth(networkScores, labels, networkFactor),
      ofTruth(ridgeScores[best], labels, ridgeFactor),
      Arrays.stream(labels).mapToDouble(label -> frequencies[label]).toArray()
    };
    double[] weights = Probabilities.mixtureWeights(ofTruth, LEAST_WEIGHT);
    Convolution convolution = result(convolutions.get(parts));
    return new WindowClassifier(
        networks,
        networkFactor,
        convolution.view(),
        convolution.rocket(),
        convolution.problem().solve(PENALTIES[best]),
        ridgeFactor,
        weights,
        frequencies);
  }

  /** Adds up the shares of several trainings. */
  private static final class Step implements DoubleConsumer {
    private final DoubleAdder done;
    private final double share;
    private final DoubleConsumer progress;
    private double before;

    Step(DoubleAdder done, double share, DoubleConsumer progress) {
      this.done = done;
      this.share = share;
      this.progress = progress;
    }

    @Override
    public void accept(double now) {
      done.add(share * (now - before));
      before = now;
      progress.accept(done.sum());
    }
  }

  private static double[] ofTruth(float[][] scores, int[] labels, double factor) {
    double[] ofTruth = new double[labels.length];
    double[] probabilities = new double[scores[0].length];
    for (int i = 0; i < labels.length; i++) {
      Probabilities.softmax(scores[i], factor, probabilities);
      ofTruth[i] = probabilities[labels[i]];
    }
    return ofTruth;
  }

  private static Trained trained(
      ClassifierSettings settings,
      LabelledWindows seen,
      LabelledWindows unseen,
      long seed,
      DoubleConsumer progress) {
    InputView view = InputViews.of(seen, settings.blocks());
    RnnConfig rnn = settings.rnn(view);
    int classes = seen.classes().size();
    ClassifierTrainer trainer =
        new ClassifierTrainer(settings.training(rnn, seen.size(), seen.counts(), seed), view, seen);
    float[] weights = trainer.train(progress::accept);
    NetworkClassifier network =
        new NetworkClassifier(view, rnn, settings.readout(), classes, weights);
    float[][] scores = new float[unseen.size()][classes];
    for (int i = 0; i < scores.length; i++) {
      network.logits(unseen.windows()[i], scores[i]);
    }
    return new Trained(view, weights, scores);
  }

  private static Convolution convolution(
      LabelledWindows seen, LabelledWindows unseen, long seed, boolean last) {
    InputView whole = InputViews.of(seen, List.of(Block.WINDOW, Block.GLOBAL));
    InputView view = whole.withPatch(1);
    float[][] inputs = inputs(seen, view);
    long width = Math.max(MIN_FEATURES, Math.min(MAX_FEATURES, MAX_FEATURE_VALUES / seen.size()));
    MiniRocket rocket = MiniRocket.fit(inputs, view.inputSize(), (int) width, seed);
    float[][] features = features(rocket, inputs);
    RidgeClassifier.Problem problem =
        new RidgeClassifier.Problem(features, seen.labels(), seen.classes().size());
    float[][][] scores = new float[PENALTIES.length][unseen.size()][seen.classes().size()];
    if (!last) {
      float[][] others = features(rocket, inputs(unseen, view));
      for (int p = 0; p < PENALTIES.length; p++) {
        RidgeClassifier ridge = problem.solve(PENALTIES[p]);
        for (int i = 0; i < others.length; i++) {
          ridge.scores(others[i], scores[p][i]);
        }
      }
    }
    return new Convolution(view, rocket, last ? problem : null, scores); // it is large
  }

  private static float[][] inputs(LabelledWindows windows, InputView view) {
    float[][] inputs = new float[windows.size()][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new float[windows.steps(i) * view.inputSize()];
      view.fill(windows.windows()[i], inputs[i], 0);
    }
    return inputs;
  }

  private static float[][] features(MiniRocket rocket, float[][] inputs) {
    MiniRocket.Scratch scratch = new MiniRocket.Scratch();
    float[][] features = new float[inputs.length][rocket.features()];
    for (int i = 0; i < inputs.length; i++) {
      rocket.transform(inputs[i], features[i], scratch);
    }
    return features;
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("training failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted", e);
    }
  }

  /**
   * Probabilities of the classes for one window.
   *
   * @param window (steps, channels)
   * @param probabilities (methods of {@link #METHODS})(classes); overwritten
   */
  public void classify(float[] window, double[][] probabilities) {
    int classes = scores.length;
    double[] one = probabilities[1];
    double[] averaged = probabilities[2];
    Arrays.fill(averaged, 0);
    for (NetworkClassifier network : networks) {
      network.logits(window, scores);
      Probabilities.softmax(scores, networkFactor, one); // the last one stays
      for (int k = 0; k < classes; k++) {
        averaged[k] += one[k] / networks.size();
      }
    }
    int length = window.length * convolutionView.blocks().size();
    if (input.length != length) {
      input = new float[length];
    }
    convolutionView.fill(window, input, 0);
    rocket.transform(input, features, scratch);
    ridge.scores(features, scores);
    Probabilities.softmax(scores, ridgeFactor, probabilities[3]);
    System.arraycopy(frequencies, 0, probabilities[4], 0, classes);
    for (int k = 0; k < classes; k++) {
      probabilities[0][k] =
          weights[0] * averaged[k] + weights[1] * probabilities[3][k] + weights[2] * frequencies[k];
    }
  }

  /** Weights of networks, convolution and class frequencies in the mixture. */
  public double[] weights() {
    return weights.clone();
  }
}
