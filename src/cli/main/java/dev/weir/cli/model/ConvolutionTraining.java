package dev.weir.cli.model;

import dev.weir.classify.ConvolutionFeatures;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.Probabilities;
import dev.weir.model.Convolution;
import dev.weir.rnn.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trains the convolution of a classifier. What it says of windows held back decides the penalty of
 * its regression, how sharp its probabilities are, and its share where a network answers too: the
 * mean, over Bayesian bootstraps of those windows, of the posterior probability that it is the
 * better of the two. So a method that is only better by chance takes little share from the other.
 *
 * @see <a href="https://arxiv.org/abs/1704.02030">Yao et al., Using stacking to average Bayesian
 *     predictive distributions, 2018 (pseudo-BMA+)</a>
 */
final class ConvolutionTraining {

  private static final double[] PENALTIES = {0.1, 1, 10, 100, 1e3, 1e4, 1e5};
  private static final int MAX_FEATURES = 30 * Convolution.KERNELS;
  private static final int MIN_FEATURES = 10 * Convolution.KERNELS;
  private static final int MAX_VALUES = 2_000_000; // of a matrix of features, about
  private static final int MAX_WEIGHTS = 200_000; // a record of Kafka has 1 MB
  private static final int BOOTSTRAPS = 1_000;
  private static final double LEAST_SHARE = 0.01; // a smaller one is not worth its time

  private final List<ClassExamples.Windows> trainings;
  private final boolean isAlone;
  private final List<List<float[]>> said = new ArrayList<>(); // (penalties)(held back)(classes)

  // of the last training
  private int steps;
  private long seed;
  private ConvolutionFeatures features;
  private RidgeClassifier ridge;

  private Convolution result;

  /**
   * @param trainings the last one's convolution is the result
   * @param isAlone whether no network has a share
   */
  ConvolutionTraining(List<ClassExamples.Windows> trainings, boolean isAlone) {
    this.trainings = trainings;
    this.isAlone = isAlone;
    for (int p = 0; p < PENALTIES.length; p++) {
      said.add(new ArrayList<>());
    }
  }

  /** Trains one; to be called for each, in their order. */
  void train(int training) {
    ClassExamples.Windows examples = trainings.get(training);
    LabelledWindows learned = examples.learned;
    steps = learned.longest();
    seed = examples.settings.seed();
    int classes = learned.classes().size();
    int count = Math.max(MIN_FEATURES, Math.min(MAX_FEATURES, MAX_VALUES / learned.size()));
    count = Math.max(Convolution.KERNELS, Math.min(count, MAX_WEIGHTS / classes));
    features = ConvolutionFeatures.fit(examples.view, learned, count, seed);
    float[][] rows = rows(learned);
    ridge =
        new RidgeClassifier(
            rows, learned.labels(), classes, examples.settings.classWeights(learned.counts()));
    float[][] others = rows(examples.heldBack);
    for (int p = 0; p < PENALTIES.length && others.length > 0; p++) {
      RidgeClassifier.Layer layer = ridge.solve(PENALTIES[p]);
      for (float[] row : others) {
        float[] scores = new float[layer.bias().length];
        Linear.forward(
            layer.weights(), 0, layer.bias(), 0, row.length, scores.length, row, 0, scores, 0);
        said.get(p).add(scores);
      }
    }
  }

  private float[][] rows(LabelledWindows windows) {
    float[][] rows = new float[windows.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = features.of(windows.windows()[i]).clone();
    }
    return rows;
  }

  /**
   * Decides penalty, sharpness and share, when all are trained.
   *
   * @param network its probabilities of the windows held back: (held back)(classes)
   * @param labels of those
   * @return the probabilities of both together
   */
  double[][] mix(double[][] network, int[] labels) {
    int best = 0;
    double factor = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int p = 0; p < PENALTIES.length; p++) {
      float[][] scores = said.get(p).toArray(float[][]::new);
      double sharp = Probabilities.bestFactor(scores, labels);
      double loss = Probabilities.logLoss(scores, labels, sharp);
      if (loss < least) {
        least = loss;
        factor = sharp;
        best = p;
      }
    }
    double[][] mixed = Probabilities.softmax(said.get(best).toArray(float[][]::new), factor);
    double share = isAlone ? 1 : share(mixed, network, labels, seed);
    for (int i = 0; i < mixed.length; i++) {
      for (int k = 0; k < mixed[i].length; k++) {
        mixed[i][k] = share * mixed[i][k] + (1 - share) * network[i][k];
      }
    }
    if (share == 0) {
      return mixed;
    }
    RidgeClassifier.Layer layer = ridge.solve(PENALTIES[best]);
    result =
        new Convolution(
            share,
            steps,
            seed,
            features.thresholds(),
            scaled(layer.weights(), factor),
            scaled(layer.bias(), factor));
    return mixed;
  }

  private static float[] scaled(float[] values, double factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (factor * values[i]);
    }
    return scaled;
  }

  /**
   * The share of the first of two methods.
   *
   * @param first its probabilities: (windows)(classes)
   * @param second those of the other one
   */
  static double share(double[][] first, double[][] second, int[] labels, long seed) {
    double[] gains = new double[labels.length];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = logarithm(first[i][labels[i]]) - logarithm(second[i][labels[i]]);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double sum = 0;
    for (int b = 0; b < BOOTSTRAPS; b++) {
      double total = 0;
      double gain = 0;
      for (double each : gains) {
        double weight = -Math.log(1 - random.nextDouble());
        total += weight;
        gain += weight * each;
      }
      sum += 1 / (1 + Math.exp(-gain / total * gains.length));
    }
    double share = sum / BOOTSTRAPS;
    return share < LEAST_SHARE ? 0 : share;
  }

  private static double logarithm(double probability) {
    return Math.log(Math.max(Probabilities.LEAST, probability));
  }

  /** What the last training gives, after {@link #mix}; null when it has no share. */
  Convolution result() {
    return result;
  }
}
