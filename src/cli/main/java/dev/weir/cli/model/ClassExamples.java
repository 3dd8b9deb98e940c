package dev.weir.cli.model;

import dev.weir.classify.ClassifierTrainer;
import dev.weir.classify.InputViews;
import dev.weir.classify.LabelledSequences;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.NetworkClassifier;
import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.RnnConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a classifier learns from, and what is held back: windows with a class each, or sequences
 * with a class for each step.
 */
abstract class ClassExamples {

  private static final int PARTS = 4; // of a cross-validation

  final Mode mode;
  final String unit; // what is classified
  final int size; // windows to learn from
  final List<String> classes;
  final InputView view;
  final RnnConfig rnn;
  final ClassifierSettings settings;

  private ClassExamples(
      Mode mode,
      String unit,
      int size,
      List<String> classes,
      InputView view,
      ClassifierSettings settings) {
    this.mode = mode;
    this.unit = unit;
    this.size = size;
    this.classes = classes;
    this.view = view;
    this.rnn = settings.rnn(view);
    this.settings = settings;
  }

  /**
   * @param validation share of the windows to hold back, of each class
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  static Windows of(LabelledWindows windows, double validation, ClassifierSettings settings) {
    return part(windows, windows.chosen(validation), 1, settings);
  }

  /**
   * Cross-validation: each part of the windows is held back once. The last examples are all
   * windows, with none held back.
   *
   * @throws IllegalArgumentException when there are too few windows or classes
   */
  static List<Windows> inTurn(LabelledWindows windows, ClassifierSettings settings) {
    int count = Math.min(PARTS, windows.size() / 2);
    int[] parts = windows.parts(Math.max(1, count));
    return IntStream.rangeClosed(count < 2 ? count : 0, count)
        .mapToObj(part -> part(windows, parts, part == count ? -1 : part, settings))
        .toList();
  }

  private static Windows part(
      LabelledWindows windows, int[] parts, int heldBack, ClassifierSettings settings) {
    LabelledWindows learned = windows.subset(LabelledWindows.places(parts, heldBack, false));
    checkEnough(windows.classes(), learned.size(), "windows");
    return new Windows(
        learned, windows.subset(LabelledWindows.places(parts, heldBack, true)), settings);
  }

  /**
   * @param seqLen steps of the windows that the sequences are cut into
   * @param validation share of the steps to hold back: the newest of each sequence
   * @throws IllegalArgumentException when there are too few steps or classes
   */
  static ClassExamples of(
      LabelledSequences sequences, int seqLen, double validation, ClassifierSettings settings) {
    LabelledSequences learned = sequences.withoutLast(validation);
    checkEnough(sequences.classes(), learned.steps(), "steps");
    return new Steps(
        learned.pieces(seqLen, settings.seed()), sequences.last(validation), seqLen, settings);
  }

  private static void checkEnough(List<String> classes, int count, String unit) {
    if (classes.size() < 2 || count < 2) {
      throw new IllegalArgumentException(
          "--input: expected 2 classes and at least 2 %s to learn from, got %d and %d"
              .formatted(unit, classes.size(), count));
    }
  }

  abstract ClassifierTrainer trainer();

  /** Classes of the windows, or of the steps, that are held back; maybe none. */
  abstract int[] heldBack();

  /** What a network says of those: (held back, classes). */
  abstract float[][] logits(float[] weights);

  /** Windows with a class each. */
  static final class Windows extends ClassExamples {
    final LabelledWindows learned;
    final LabelledWindows heldBack;

    Windows(LabelledWindows learned, LabelledWindows heldBack, ClassifierSettings settings) {
      super(
          Mode.MANY_TO_ONE,
          "windows",
          learned.size(),
          learned.classes(),
          InputViews.of(learned, ClassifierSettings.BLOCKS),
          settings);
      this.learned = learned;
      this.heldBack = heldBack;
    }

    @Override
    ClassifierTrainer trainer() {
      return new ClassifierTrainer(settings.training(rnn, size, learned.counts()), view, learned);
    }

    @Override
    int[] heldBack() {
      return heldBack.labels();
    }

    @Override
    float[][] logits(float[] weights) {
      NetworkClassifier network =
          new NetworkClassifier(view, rnn, settings.readout(), classes.size(), weights);
      float[][] logits = new float[heldBack.size()][classes.size()];
      for (int i = 0; i < logits.length; i++) {
        network.logits(heldBack.windows()[i], logits[i]);
      }
      return logits;
    }
  }

  private static final class Steps extends ClassExamples {
    private static final int MAX_HELD_BACK = 2_000; // of more, about so many, evenly

    private final LabelledSequences learned;
    private final LabelledSequences heldBack;
    private final int seqLen;
    private final int stride;

    Steps(
        LabelledSequences learned,
        LabelledSequences heldBack,
        int seqLen,
        ClassifierSettings settings) {
      super(
          Mode.MANY_TO_MANY,
          "steps",
          learned.size(),
          learned.classes(),
          InputViews.of(learned, ClassifierSettings.BLOCKS),
          settings);
      this.learned = learned;
      this.heldBack = heldBack;
      this.seqLen = seqLen;
      this.stride = 1 + heldBack.steps() / MAX_HELD_BACK;
    }

    @Override
    ClassifierTrainer trainer() {
      return new ClassifierTrainer(settings.training(rnn, size, learned.counts()), view, learned);
    }

    @Override
    int[] heldBack() {
      return IntStream.range(0, heldBack.size())
          .flatMap(i -> places(i).map(t -> heldBack.labels()[i][t]))
          .toArray();
    }

    private IntStream places(int sequence) {
      int steps = heldBack.labels()[sequence].length;
      return IntStream.iterate(0, t -> t < steps, t -> t + stride);
    }

    /** As a job asks: for the newest step of a window. */
    @Override
    float[][] logits(float[] weights) {
      NetworkClassifier network =
          new NetworkClassifier(view, rnn, Readout.LAST_STEP, classes.size(), weights);
      List<float[]> logits = new ArrayList<>();
      for (int i = 0; i < heldBack.size(); i++) {
        float[] values = heldBack.values()[i];
        places(i)
            .forEach(
                t -> {
                  float[] said = new float[classes.size()];
                  network.logitsAt(values, t, seqLen, said);
                  logits.add(said);
                });
      }
      return logits.toArray(float[][]::new);
    }
  }
}
