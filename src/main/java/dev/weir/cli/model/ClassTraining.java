package dev.weir.cli.model;

import dev.weir.classify.ClassScore;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.Probabilities;
import dev.weir.classify.ensemble.ClassifierSettings;
import dev.weir.classify.network.ClassifierTrainer;
import dev.weir.classify.network.InputViews;
import dev.weir.classify.network.NetworkClassifier;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.series.WindowFile;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.cell.Cell;
import dev.weir.rnn.cell.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code weir train --task classify}: trains one network on labelled windows. A part of the windows
 * is held back: it decides which weights are the best, and how sharp the probabilities are.
 */
final class ClassTraining {

  /** Options that only this task has. */
  static final class Options {

    @Option(
        names = "--pooling",
        converter = ReadoutConverter.class,
        paramLabel = "POOLING",
        description =
            "Classify: what the head reads; h_n, out[:, -1], mean or max (default: mean).")
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
            "Classify: share of the windows that is held back; 0: none, then training ends with its"
                + " last weights (default: ${DEFAULT-VALUE}).")
    private double validation = 0.2;

    /** What a window counts. */
    enum Weights {
      none,
      balanced
    }

    /** Reads a readout as model files have it. */
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
      ClassifierSettings defaults = ClassifierSettings.defaults(seed);
      return new ClassifierSettings(
          cell,
          hiddenSize,
          layers,
          bidirectional,
          readout,
          defaults.blocks(),
          defaults.updates(),
          learningRate,
          defaults.dropout(),
          defaults.smoothing(),
          defaults.noise(),
          defaults.stretch(),
          weights == Weights.balanced,
          defaults.folds(),
          seed);
    }
  }

  private final Path out;
  private final String name;
  private final ClassifierSettings settings;
  private final double validation;
  private final int patience;

  ClassTraining(Path out, String name, ClassifierSettings settings, Options options, int patience) {
    this.out = out;
    this.name = name;
    this.settings = settings;
    this.validation = options.validation;
    this.patience = patience;
  }

  /**
   * Trains on a file and writes the model.
   *
   * @return the exit code
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  int run(Path file) throws IOException {
    LabelledWindows windows = WindowFile.read(file, null).windows();
    int[] chosen = windows.chosen(validation);
    LabelledWindows learned = windows.subset(LabelledWindows.places(chosen, 1, false));
    LabelledWindows heldBack = windows.subset(LabelledWindows.places(chosen, 1, true));
    if (windows.classes().size() < 2 || learned.size() < 2) {
      throw new IllegalArgumentException(
          "--input: expected 2 classes and at least 2 windows to learn from, got %d and %d"
              .formatted(windows.classes().size(), learned.size()));
    }
    if (patience < 1) {
      throw new IllegalArgumentException("--patience: expected at least 1, got " + patience);
    }
    boolean isHeldBack = heldBack.size() > 0;
    InputView view = InputViews.of(learned, settings.blocks());
    RnnConfig rnn = settings.rnn(view);
    System.err.printf(
        "%,d windows to learn from, %,d held back, %d classes; %,d parameters%n",
        learned.size(), heldBack.size(), windows.classes().size(), rnn.parameterCount());
    Course course = new Course(view, rnn, heldBack);
    float[] last;
    try {
      last =
          new ClassifierTrainer(settings.training(rnn, learned, settings.seed()), view, learned)
              .train(course);
    } finally {
      course.line.clear();
    }
    float[] weights = isHeldBack ? course.best : last;
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("windows", Integer.toString(learned.size()));
    double factor = 1;
    String score = "no windows held back";
    if (isHeldBack) {
      float[][] logits = course.logits(weights);
      factor = Probabilities.bestFactor(logits, heldBack.labels());
      ClassScore held = score(logits, heldBack, factor);
      score =
          String.format(
              Locale.ROOT,
              "on %,d windows held back: accuracy %.4f, log loss %.4f",
              heldBack.size(),
              held.accuracy(),
              held.logLoss());
      provenance.put("held_back_accuracy", "%.4f".formatted(held.accuracy()));
      provenance.put("held_back_log_loss", "%.4f".formatted(held.logLoss()));
    }
    ClassifierModel model =
        new ClassifierModel(
            name,
            1,
            Mode.MANY_TO_ONE,
            rnn,
            settings.readout(),
            view,
            windows.classes(),
            factor,
            weights,
            provenance);
    ClassifierFiles.write(model, out);
    System.out.printf("%s: %s version 1, %s%n", out, name, score);
    return 0;
  }

  private static ClassScore score(float[][] logits, LabelledWindows windows, double factor) {
    ClassScore score = new ClassScore(windows.classes().size());
    double[] probabilities = new double[windows.classes().size()];
    for (int i = 0; i < logits.length; i++) {
      Probabilities.softmax(logits[i], factor, probabilities);
      score.add(probabilities, windows.labels()[i]);
    }
    return score;
  }

  /** How the training goes: keeps the best weights, and ends it when it gets no better. */
  private final class Course implements ClassifierTrainer.Listener {

    private final InputView view;
    private final RnnConfig rnn;
    private final LabelledWindows heldBack;
    private final ProgressLine line = new ProgressLine(2_000_000_000L);
    private float[] best;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int sinceBest;

    Course(InputView view, RnnConfig rnn, LabelledWindows heldBack) {
      this.view = view;
      this.rnn = rnn;
      this.heldBack = heldBack;
    }

    float[][] logits(float[] weights) {
      int classes = heldBack.classes().size();
      NetworkClassifier network =
          new NetworkClassifier(view, rnn, settings.readout(), classes, weights);
      float[][] logits = new float[heldBack.size()][classes];
      for (int i = 0; i < logits.length; i++) {
        network.logits(heldBack.windows()[i], logits[i]);
      }
      return logits;
    }

    @Override
    public void trained(double share) {
      line.show(share, "%3.0f %% trained, best log loss %.4f", 100 * share, bestLoss);
    }

    @Override
    public boolean check(float[] weights) {
      if (heldBack.size() == 0) {
        return true;
      }
      float[][] logits = logits(weights);
      double loss =
          Probabilities.logLoss(
              logits, heldBack.labels(), Probabilities.bestFactor(logits, heldBack.labels()));
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
