package dev.weir.cli.model;

import dev.weir.classify.ClassScore;
import dev.weir.classify.ClassifierTrainer;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.Probabilities;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.series.WindowFile;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code weir train --task classify}: trains one network on labelled windows, or on sequences with
 * a label for each step, and for windows a convolution. A part is held back: it decides which
 * weights are the best, how sharp the probabilities are, and the shares of both. Of few windows
 * each is held back once, from networks and convolutions that only decide that; the model is a
 * further one that learns all windows.
 */
final class ClassTraining {

  private static final double SHARE = 0.2; // that is held back

  /** So few windows that a fifth of them is too small a sample to choose weights by. */
  private static final int FEW = 500;

  static final class Options {

    @Option(
        names = "--pooling",
        converter = ReadoutConverter.class,
        paramLabel = "POOLING",
        description =
            "Classify: what a many-to-one head reads; h_n, out[:, -1], mean or max (default:"
                + " mean).")
    private Readout readout = Readout.MEAN;

    @Option(
        names = "--method",
        description =
            "Classify: what answers for a window; network, convolution, or mixture: both, with"
                + " shares by what they said of windows held back (default: mixture; many-to-many"
                + " and --validation 0: network).")
    private Method method;

    @Option(
        names = "--class-weights",
        description =
            "Classify: balanced: each class counts the same, however many windows it has; none:"
                + " each window does (default: none).")
    private Weights weights = Weights.none;

    @Option(
        names = "--validation",
        paramLabel = "SHARE",
        description =
            "Classify: share of the windows, many-to-many the newest steps of each series, that is"
                + " held back; 0: none, then training ends with its last weights (default: "
                + SHARE
                + "; of fewer than "
                + FEW
                + " windows a quarter in turn, and the model learns all).")
    private Double validation;

    enum Weights {
      none,
      balanced
    }

    /** What answers for a window. */
    enum Method {
      mixture,
      network,
      convolution
    }

    static final class ReadoutConverter implements ITypeConverter<Readout> {
      @Override
      public Readout convert(String text) {
        Readout readout = Readout.ofLabel(text);
        if (readout == null) {
          throw new TypeConversionException(
              "expected h_n, out[:, -1], mean or max, got '%s'".formatted(text));
        }
        return readout;
      }
    }

    boolean hasNetwork() {
      return method != Method.convolution;
    }

    /**
     * The settings of a training.
     *
     * @throws IllegalArgumentException when one is out of its range, naming it
     */
    ClassifierSettings settings(
        Cell cell,
        int hiddenSize,
        int layers,
        boolean bidirectional,
        double learningRate,
        long seed) {
      if (validation != null && !(validation >= 0 && validation <= 0.5)) {
        throw new IllegalArgumentException("--validation: expected 0 to 0.5, got " + validation);
      }
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      boolean isNetwork = hasNetwork(); // else the smallest that a model can have
      return new ClassifierSettings(
          cell,
          isNetwork ? hiddenSize : 1,
          isNetwork ? layers : 1,
          isNetwork && bidirectional,
          readout,
          learningRate,
          weights == Weights.balanced,
          isNetwork,
          seed);
    }
  }

  private final OutputFile out;
  private final String name;
  private final ClassifierSettings settings;
  private final Double validation; // null: by the number of windows
  private final Options.Method method; // null: by what there is
  private final int patience;

  ClassTraining(
      OutputFile out, String name, ClassifierSettings settings, Options options, int patience) {
    this.out = out;
    this.name = name;
    this.settings = settings;
    this.validation = options.validation;
    this.method = options.method;
    this.patience = patience;
  }

  /**
   * Trains on a file of windows with a class each, many-to-one, and writes the model.
   *
   * @return the exit code
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  int run(Path file) throws IOException {
    LabelledWindows windows = WindowFile.read(file, null).windows();
    List<ClassExamples.Windows> trainings =
        validation == null && windows.size() < FEW
            ? ClassExamples.inTurn(windows, settings)
            : List.of(ClassExamples.of(windows, share(), settings));
    boolean isHeldBack = trainings.stream().anyMatch(each -> each.heldBack().length > 0);
    if (isNetwork(isHeldBack, "windows that are held back")) {
      return run(trainings, null);
    }
    return run(trainings, new ConvolutionTraining(trainings, !settings.isTrained()));
  }

  /**
   * Trains on a file with a class for each step, many-to-many, and writes the model.
   *
   * @param seqLen steps of a window
   * @return the exit code
   * @throws IllegalArgumentException when there are too few steps or classes
   */
  int runSteps(Path file, int seqLen) throws IOException {
    isNetwork(false, "windows with a class each");
    return run(
        List.of(ClassExamples.of(WindowFile.sequences(file, null), seqLen, share(), settings)),
        null);
  }

  private boolean isNetwork(boolean isChoice, String needed) {
    if (!isChoice && method != null && method != Options.Method.network) {
      throw new IllegalArgumentException(
          "--method: expected network without %s, got %s".formatted(needed, method));
    }
    return !isChoice || method == Options.Method.network;
  }

  private double share() {
    return validation == null ? SHARE : validation;
  }

  /**
   * @param trainings the last one's weights are the model's
   * @param convolution null: none
   */
  private int run(List<? extends ClassExamples> trainings, ConvolutionTraining convolution)
      throws IOException {
    if (patience < 1) {
      throw new IllegalArgumentException("--patience: expected at least 1, got " + patience);
    }
    ClassExamples examples = trainings.get(trainings.size() - 1);
    int[] heldBack =
        trainings.stream().flatMapToInt(each -> Arrays.stream(each.heldBack())).toArray();
    String inTurn = trainings.size() > 1 ? " in turn" : "";
    System.err.printf(
        "%,d windows to learn from, %,d %s held back%s, %d classes; %,d parameters%n",
        examples.size,
        heldBack.length,
        examples.unit,
        inTurn,
        examples.classes.size(),
        examples.rnn.parameterCount());
    Course course = new Course(trainings.size());
    float[] weights = null;
    List<float[]> said = new ArrayList<>(); // of those held back
    try {
      for (int i = 0; i < trainings.size(); i++) {
        weights = course.train(trainings.get(i));
        said.addAll(List.of(trainings.get(i).logits(weights)));
        if (convolution != null) {
          convolution.train(i);
        }
      }
    } finally {
      course.line.clear();
    }
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("windows", Integer.toString(examples.size));
    double factor = 1;
    String score = "no %s held back".formatted(examples.unit);
    if (heldBack.length > 0) {
      float[][] logits = said.toArray(float[][]::new);
      factor = Probabilities.bestFactor(logits, heldBack);
      double[][] probabilities = Probabilities.softmax(logits, factor);
      if (convolution != null) {
        probabilities = convolution.mix(probabilities, heldBack);
      }
      ClassScore held = score(probabilities, heldBack);
      score =
          String.format(
              "on %,d %s held back%s: accuracy %.4f, log loss %.4f",
              heldBack.length, examples.unit, inTurn, held.accuracy(), held.logLoss());
      provenance.put("held_back_accuracy", "%.4f".formatted(held.accuracy()));
      provenance.put("held_back_log_loss", "%.4f".formatted(held.logLoss()));
    }
    ClassifierModel model =
        new ClassifierModel(
            name,
            1,
            examples.mode,
            examples.rnn,
            settings.readout(),
            examples.view,
            examples.classes,
            factor,
            weights,
            convolution == null ? null : convolution.result(),
            provenance);
    out.write(ClassifierFiles.toBytes(model));
    System.out.printf("%s: %s version 1, %s%n", out, name, score);
    return 0;
  }

  private static ClassScore score(double[][] probabilities, int[] labels) {
    ClassScore score = new ClassScore(probabilities[0].length);
    for (int i = 0; i < labels.length; i++) {
      score.add(probabilities[i], labels[i]);
    }
    return score;
  }

  /**
   * How the trainings go. A single one that holds something back ends with its best weights, when
   * it gets no better; others with their last.
   */
  private final class Course implements ClassifierTrainer.Listener {

    private final int trainings;
    private final ProgressLine line = new ProgressLine();
    private ClassExamples examples;
    private int[] heldBack;
    private int done; // trainings
    private float[] best;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int sinceBest;

    Course(int trainings) {
      this.trainings = trainings;
    }

    float[] train(ClassExamples next) {
      examples = next;
      heldBack = next.heldBack();
      float[] last = next.trainer().train(this);
      done++;
      return best == null ? last : best;
    }

    @Override
    public void trained(double share) {
      line.show(
          (done + share) / trainings,
          best == null ? " trained" : " trained, best log loss %.4f",
          bestLoss);
    }

    @Override
    public boolean check(float[] weights) {
      if (heldBack.length == 0 || trainings > 1) {
        return true;
      }
      float[][] logits = examples.logits(weights);
      double loss =
          Probabilities.logLoss(logits, heldBack, Probabilities.bestFactor(logits, heldBack));
      sinceBest++;
      if (loss <= bestLoss) { // of equal ones the later one
        bestLoss = loss;
        best = weights.clone();
        sinceBest = 0;
      }
      return sinceBest < patience;
    }
  }
}
