package dev.weir.classify;

import dev.weir.forecast.window.StateLimits;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Model;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How the windows of series are classified.
 *
 * @param seqLen observations in a window
 * @param stride observations from one window to the next
 * @param channels values of an observation: its value and its features
 * @param outOfOrderness how long a series waits for an earlier observation; zero: not at all
 * @param model name of the model to use; null: none
 * @param initialModel the model's safetensors bytes to start with; null: wait for the model topic
 * @param learning which classes there are, and how they are learned
 * @param limits how much is kept of the series
 */
public record ClassifySettings(
    int seqLen,
    int stride,
    int channels,
    Duration outOfOrderness,
    String model,
    byte[] initialModel,
    Learning learning,
    StateLimits limits)
    implements Serializable {

  /** The seed of what is learned wherever series are classified: the same data, the same bits. */
  public static final long SEED = 1;

  /** Default of the classes of a series. */
  public static final int DEFAULT_MAX_CLASSES = 10;

  /** Default of the windows of a series that wait for their label. */
  public static final int DEFAULT_WAITING = 100;

  /** Outputs of a network that a series learns from: its matrix has the square of them. */
  private static final int MAX_READ = 1_024;

  /** A series of more bytes would take too long to save and restore. */
  public static final int MAX_SERIES_BYTES = 16 << 20;

  /**
   * @throws IllegalArgumentException when a number is out of its range, or neither a model nor
   *     learning is configured
   */
  public ClassifySettings {
    within("seq_len", seqLen, 1, 4096);
    within("stride", stride, 1, 1_000_000);
    within("channels", channels, 1, 1_001);
    if (learning.learns) {
      within("channels of what is learned", channels * (seqLen == 1 ? 1 : 5), 1, 1_000);
    }
    if (model == null && !learning.learns) {
      throw new IllegalArgumentException("model: expected one where nothing is learned, got none");
    }
  }

  /**
   * The classes of series, and how they are learned.
   *
   * @param classes names of the classes; empty: those of the model and of the labels
   * @param maxClasses classes of a series at most
   * @param learns whether each series is learned from its labels; else the model alone answers
   * @param waiting windows of a series that wait for their label at most
   * @param seed of what is learned
   */
  public record Learning(
      List<String> classes, int maxClasses, boolean learns, int waiting, long seed)
      implements Serializable {

    public Learning {
      within("max-classes", maxClasses, 2, StreamClassifier.MAX_CLASSES);
      within("labels.waiting", waiting, 1, StreamClassifier.MAX_WAITING);
      classes = List.copyOf(classes);
      if (classes.size() > maxClasses || classes.stream().distinct().count() < classes.size()) {
        throw new IllegalArgumentException(
            "classes: expected at most %d different names, got %s".formatted(maxClasses, classes));
      }
    }
  }

  private static void within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, got %d".formatted(what, least, most, value));
    }
  }

  /** These settings without the initial model. */
  ClassifySettings withoutModel() {
    return new ClassifySettings(
        seqLen, stride, channels, outOfOrderness, model, null, learning, limits);
  }

  /** What is wrong with a model for this job; null if it fits. */
  public String problemWith(Model model) {
    if (!(model instanceof ClassifierModel candidate)) {
      return "model %s version %d: expected a classifier, got one that forecasts"
          .formatted(model.name(), model.version());
    }
    String what = "classifier %s version %d: ".formatted(candidate.name(), candidate.version());
    if (candidate.rnn().inputSize() != channels) {
      return what
          + "channels: expected %d (a value and %d features), got %d"
              .formatted(channels, channels - 1, candidate.rnn().inputSize());
    }
    if (learning.learns && candidate.rnn().outputSize() > MAX_READ) {
      return what
          + "output size of the network: expected at most %d where a series learns to read it, got %d"
              .formatted(MAX_READ, candidate.rnn().outputSize());
    }
    if (candidate.classes().size() > learning.maxClasses) {
      return what
          + "classes: expected at most %d, got %d"
              .formatted(learning.maxClasses, candidate.classes().size());
    }
    if (!learning.classes.isEmpty() && !learning.classes.containsAll(candidate.classes())) {
      return what
          + "classes: expected some of %s, got %s".formatted(learning.classes, candidate.classes());
    }
    return null;
  }
}
