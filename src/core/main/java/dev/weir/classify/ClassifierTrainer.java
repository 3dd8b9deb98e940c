package dev.weir.classify;

import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Adam;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Trains a network to classify windows, or each step of them: cross-entropy, Adam with decoupled
 * weight decay, a learning rate that rises and then falls as a cosine, dropout, and windows that
 * differ a little each time they are shown. Windows of unequal length are shown as they are, in
 * groups of equal length, which is what {@code pack_padded_sequence} computes.
 *
 * <p>The same windows and settings give the same bits. Use one trainer per thread.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, Decoupled weight decay
 *     regularization, 2019</a>
 */
public final class ClassifierTrainer {

  private static final double WARM_UP = 0.1; // of the updates
  private static final double LAST_RATE = 0.01; // of the learning rate
  private static final double MAX_NORM = 1;

  /**
   * @param rnn shape of the network
   * @param readout what a many-to-one head reads
   * @param updates how many mini-batches
   * @param batch windows in a mini-batch
   * @param learningRate the highest
   * @param classWeights what a window of each class counts; null for 1
   * @param seed of everything random
   */
  public record Settings(
      RnnConfig rnn,
      Readout readout,
      int updates,
      int batch,
      double learningRate,
      Regularization regularization,
      double[] classWeights,
      long seed) {}

  /**
   * What keeps a network from learning its windows by heart.
   *
   * @param weightDecay share of the learning rate by which weights shrink
   * @param dropout between layers and before the head
   * @param smoothing of the labels
   * @param noise deviation of what is added to each input
   * @param stretch deviation of the factor of a window's inputs, around 1
   */
  public record Regularization(
      double weightDecay, double dropout, double smoothing, double noise, double stretch) {

    public static final Regularization DEFAULT = new Regularization(1e-2, 0.2, 0.1, 0.1, 0.1);
  }

  private final Settings settings;
  private final InputView view;
  private final int classes;
  private final TrainableClassifier network;
  private final float[][] inputs; // of each window
  private final int[][] labels; // of each window: one, or one for each step

  /** A many-to-one network. */
  public ClassifierTrainer(Settings settings, InputView view, LabelledWindows windows) {
    this(
        settings,
        view,
        Mode.MANY_TO_ONE,
        windows.classes().size(),
        windows.windows(),
        Arrays.stream(windows.labels()).mapToObj(label -> new int[] {label}).toArray(int[][]::new));
  }

  /** A many-to-many network. */
  public ClassifierTrainer(Settings settings, InputView view, LabelledSequences sequences) {
    this(
        settings,
        view,
        Mode.MANY_TO_MANY,
        sequences.classes().size(),
        sequences.values(),
        sequences.labels());
  }

  private ClassifierTrainer(
      Settings settings,
      InputView view,
      Mode mode,
      int classes,
      float[][] windows,
      int[][] labels) {
    this.settings = settings;
    this.view = view;
    this.classes = classes;
    this.labels = labels;
    this.network = new TrainableClassifier(settings.rnn(), mode, settings.readout(), classes);
    this.inputs = new float[windows.length][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new float[view.steps(windows[i].length / view.channels()) * view.inputSize()];
      view.fill(windows[i], inputs[i], 0);
    }
  }

  /** Told how a training goes, and decides whether it goes on. */
  public interface Listener {

    /** Told the share that is done after each update. */
    void trained(double share);

    /**
     * Asked {@value #CHECKS} times in a training.
     *
     * @param weights as they are; not to be kept without a copy
     * @return whether to go on
     */
    default boolean check(float[] weights) {
      return true;
    }
  }

  /** How often a listener is asked whether to go on. */
  public static final int CHECKS = 20;

  /**
   * @return the weights that training ends with: network, head's weight, head's bias
   */
  public float[] train(Listener listener) {
    SplittableRandom random = new SplittableRandom(settings.seed());
    float[] weights = initial();
    float[] state = new float[2 * weights.length + 1];
    float[] gradient = new float[weights.length];
    network.dropout(settings.regularization().dropout(), random);
    int[] order = new int[inputs.length];
    Arrays.setAll(order, i -> i);
    int at = order.length;
    int batch = Math.min(settings.batch(), order.length);
    for (int update = 0; update < settings.updates(); update++) {
      if (at + batch > order.length) {
        shuffle(order, random);
        at = 0;
      }
      double loss = gradient(weights, order, at, batch, random, gradient);
      at += batch;
      double rate = rate(update);
      decay(weights, (float) (1 - rate * settings.regularization().weightDecay()));
      new Adam(rate, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0, MAX_NORM)
          .step(loss, gradient, 0, weights, 0, state, 0, weights.length);
      listener.trained((update + 1.0) / settings.updates());
      boolean isCheck =
          (update + 1) * CHECKS / settings.updates() > update * CHECKS / settings.updates();
      if (isCheck && !listener.check(weights)) {
        break;
      }
    }
    return weights;
  }

  private float[] initial() {
    TorchRandom random = new TorchRandom(settings.seed());
    float[] weights = new float[network.count()];
    float[] recurrent = Initialization.recurrent(settings.rnn(), random);
    System.arraycopy(recurrent, 0, weights, 0, recurrent.length);
    int width = settings.rnn().outputSize();
    float[] head = new float[classes * width];
    float[] bias = new float[classes];
    Initialization.linear(width, head, bias, random);
    System.arraycopy(head, 0, weights, recurrent.length, head.length);
    System.arraycopy(bias, 0, weights, recurrent.length + head.length, bias.length);
    return weights;
  }

  private double rate(int update) {
    double warmUp = Math.max(1, WARM_UP * settings.updates());
    double share = (update + 0.5) / settings.updates();
    double cosine = (1 + Math.cos(Math.PI * share)) / 2;
    double rise = Math.min(1, (update + 1) / warmUp);
    return settings.learningRate() * rise * (LAST_RATE + (1 - LAST_RATE) * cosine);
  }

  /** Matrices only, as usual: biases keep their size. */
  private void decay(float[] weights, float kept) {
    for (RnnConfig.Parameter parameter : settings.rnn().parameters()) {
      if (parameter.shape().size() == 2) {
        scale(weights, parameter.offset(), parameter.length(), kept);
      }
    }
    int head = classes * settings.rnn().outputSize();
    scale(weights, network.headAt(), head, kept);
  }

  private static void scale(float[] values, int from, int count, float factor) {
    for (int i = from; i < from + count; i++) {
      values[i] *= factor;
    }
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }

  private double gradient(
      float[] weights,
      int[] order,
      int from,
      int count,
      SplittableRandom random,
      float[] gradient) {
    Arrays.fill(gradient, 0f);
    network.load(weights);
    Map<Integer, List<Integer>> byLength = new TreeMap<>();
    for (int i = from; i < from + count; i++) {
      int length = inputs[order[i]].length;
      byLength.computeIfAbsent(length, key -> new ArrayList<>()).add(order[i]);
    }
    double loss = 0;
    for (Map.Entry<Integer, List<Integer>> group : byLength.entrySet()) {
      int length = group.getKey();
      List<Integer> members = group.getValue();
      float[] input = new float[members.size() * length];
      for (int b = 0; b < members.size(); b++) {
        show(inputs[members.get(b)], random, input, b * length);
      }
      float[] logits = network.forward(input, members.size(), length / view.inputSize());
      float[] dLogits = new float[members.size() * labels[members.get(0)].length * classes];
      int row = 0;
      for (int member : members) {
        for (int label : labels[member]) {
          double weight = settings.classWeights() == null ? 1 : settings.classWeights()[label];
          loss +=
              Loss.crossEntropy(
                  logits,
                  row * classes,
                  classes,
                  label,
                  (float) settings.regularization().smoothing(),
                  weight / count / labels[member].length,
                  dLogits);
          row++;
        }
      }
      network.backward(dLogits, gradient);
    }
    return loss;
  }

  private void show(float[] input, SplittableRandom random, float[] to, int at) {
    float factor = (float) (1 + settings.regularization().stretch() * random.nextGaussian());
    float noise = (float) settings.regularization().noise();
    for (int i = 0; i < input.length; i++) {
      float added = noise == 0f ? 0f : noise * (float) random.nextGaussian();
      to[at + i] = input[i] * factor + added;
    }
  }
}
