package dev.weir.cli.model;

import dev.weir.classify.ClassScore;
import dev.weir.classify.ClassifierTrainer;
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
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code weir train --task classify}: trains one network on labelled windows, or on sequences with
 * a label for each step. A part is held back: it decides which weights are the best, and how sharp
 * the probabilities are.
 */
final class ClassTraining {

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
                + " held back; 0: none, then training ends with its last weights (default:"
                + " ${DEFAULT-VALUE}).")
    private double validation = 0.2;

    enum Weights {
      none,
      balanced
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
      if (!(validation >= 0) || validation > 0.5) {
        throw new IllegalArgumentException("--validation: expected 0 to 0.5, got " + validation);
      }
      if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
        throw new IllegalArgumentException(
            "learning rate: expected a number above 0, got " + learningRate);
      }
      return new ClassifierSettings(
          cell,
          hiddenSize,
          layers,
          bidirectional,
          readout,
          learningRate,
          weights == Weights.balanced,
          seed);
    }
  }

  private final OutputFile out;
  private final String name;
  private final ClassifierSettings settings;
  private final double validation;
  private final int patience;

  ClassTraining(
      OutputFile out, String name, ClassifierSettings settings, Options options, int patience) {
    this.out = out;
    this.name = name;
    this.settings = settings;
    this.validation = options.validation;
    this.patience = patience;
  }

  /**
   * Trains on a file of windows with a class each, many-to-one, and writes the model.
   *
   * @return the exit code
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  int run(Path file) throws IOException {
    return run(ClassExamples.of(WindowFile.read(file, null).windows(), validation, settings));
  }

  /**
   * Trains on a file with a class for each step, many-to-many, and writes the model.
   *
   * @param seqLen steps of a window
   * @return the exit code
   * @throws IllegalArgumentException when there are too few steps or classes
   */
  int runSteps(Path file, int seqLen) throws IOException {
    return run(ClassExamples.of(WindowFile.sequences(file, null), seqLen, validation, settings));
  }

  private int run(ClassExamples examples) throws IOException {
    if (patience < 1) {
      throw new IllegalArgumentException("--patience: expected at least 1, got " + patience);
    }
    int[] heldBack = examples.heldBack();
    System.err.printf(
        "%,d windows to learn from, %,d %s held back, %d classes; %,d parameters%n",
        examples.size,
        heldBack.length,
        examples.unit,
        examples.classes.size(),
        examples.rnn.parameterCount());
    Course course = new Course(examples);
    float[] last;
    try {
      last = examples.trainer().train(course);
    } finally {
      course.line.clear();
    }
    float[] weights = heldBack.length > 0 ? course.best : last;
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("windows", Integer.toString(examples.size));
    double factor = 1;
    String score = "no %s held back".formatted(examples.unit);
    if (heldBack.length > 0) {
      float[][] logits = examples.logits(weights);
      factor = Probabilities.bestFactor(logits, heldBack);
      ClassScore held = score(logits, heldBack, factor);
      score =
          String.format(
              "on %,d %s held back: accuracy %.4f, log loss %.4f",
              heldBack.length, examples.unit, held.accuracy(), held.logLoss());
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
            provenance);
    out.write(ClassifierFiles.toBytes(model));
    System.out.printf("%s: %s version 1, %s%n", out, name, score);
    return 0;
  }

  private static ClassScore score(float[][] logits, int[] labels, double factor) {
    ClassScore score = new ClassScore(logits[0].length);
    double[] probabilities = new double[logits[0].length];
    for (int i = 0; i < logits.length; i++) {
      Probabilities.softmax(logits[i], factor, probabilities);
      score.add(probabilities, labels[i]);
    }
    return score;
  }

  /** How the training goes: keeps the best weights, and ends it when it gets no better. */
  private final class Course implements ClassifierTrainer.Listener {

    private final ClassExamples examples;
    private final int[] heldBack;
    private final ProgressLine line = new ProgressLine();
    private float[] best;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int sinceBest;

    Course(ClassExamples examples) {
      this.examples = examples;
      this.heldBack = examples.heldBack();
    }

    @Override
    public void trained(double share) {
      line.show(share, " trained, best log loss %.4f", bestLoss);
    }

    @Override
    public boolean check(float[] weights) {
      if (heldBack.length == 0) {
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
