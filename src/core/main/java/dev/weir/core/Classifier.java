package dev.weir.core;

import dev.weir.classify.ClassState;
import dev.weir.classify.ClassifySettings;
import dev.weir.classify.SeriesClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.ClassifySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Classifies each window of a series, as a Weir job with a section {@code classify} does, bit for
 * bit: by a network of a safetensors file, by what it learns from later labels, or by both. Windows
 * are by count.
 *
 * <pre>{@code
 * Classifier classifier =
 *     Classifier.builder().model(Path.of("machine.safetensors")).window(24).build();
 * ClassifiedSeries machine = classifier.series("machine-7");
 * Optional<Classification> result = machine.observe(new Observation(time, value));
 * machine.label(result.get().windowEnd(), "fault"); // once the true class arrives
 * }</pre>
 *
 * <p>Thread-safe, as {@link Forecaster} is.
 */
public final class Classifier {

  private static final SourceRecord NO_RECORD = new SourceRecord(null, 0, 0, -1, null, null);

  private final ClassifySettings settings;
  private final EnginePool<SeriesClassifier> engines;

  private Classifier(ClassifySettings settings) {
    this.settings = settings;
    this.engines = new EnginePool<>(() -> engine(settings));
  }

  private static SeriesClassifier engine(ClassifySettings settings) {
    try {
      return new SeriesClassifier(settings, SeriesOrder.LATER);
    } catch (ModelFormatException e) {
      throw new IllegalStateException("a model that was read before must be readable", e);
    }
  }

  /** Settings to begin with; the window is needed. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A new, empty series.
   *
   * @param name 1 to 1,000 characters
   */
  public ClassifiedSeries series(String name) {
    return new ClassifiedSeries(this, Checks.name(name));
  }

  /**
   * A series that goes on where it was saved. One of other settings starts again.
   *
   * @param saved what {@link ClassifiedSeries#save} returned; null for a new series
   * @throws IllegalArgumentException with one line if the bytes are damaged, or of another series
   *     or something else
   */
  public ClassifiedSeries restore(String name, byte[] saved) {
    ClassifiedSeries series = series(name);
    if (saved != null) {
      series.state.times(SavedState.readClasses(saved, name));
    }
    return series;
  }

  Optional<Classification> observe(ClassifiedSeries of, Observation observation) {
    int features = settings.channels() - 1;
    dev.weir.forecast.Observation next = Checks.given("observation", observation).of(of.name());
    int got = next.features().length;
    Checks.check(got == features, "features", Integer.toString(features), got);
    int ahead = next.ahead().length;
    Checks.check(ahead == 0, "ahead", "none, since a class is not forecast", ahead + " numbers");
    return engines.run(
        engine -> {
          Classification newest = null;
          for (Output output :
              engine.observe(of.state, next, NO_RECORD, Long.MIN_VALUE).outputs()) {
            if (output instanceof DeadLetter late) {
              throw new LateObservationException(of.name() + ": " + late.message());
            }
            newest = (Classification) output;
          }
          return Optional.ofNullable(newest);
        });
  }

  void label(ClassifiedSeries of, long time, String label) {
    LabelEvent event = new LabelEvent(of.name(), time, label, NO_RECORD);
    DeadLetter refused =
        engines.run(
            engine ->
                engine.label(of.state, event, Long.MIN_VALUE).outputs().stream()
                    .map(DeadLetter.class::cast) // a label ends no window
                    .findFirst()
                    .orElse(null));
    if (refused != null) {
      throw new IllegalArgumentException(refused.message());
    }
  }

  ClassState newState() {
    return engines.run(SeriesClassifier::newState);
  }

  /**
   * The settings of a {@link Classifier}; defaults are those of a job. Methods throw {@link
   * IllegalArgumentException} with one line. Not thread-safe.
   */
  public static final class Builder {

    private final ClassifySpec spec = new ClassifySpec(Methods.FRONT);
    private ModelSource model; // null for no model

    private Builder() {}

    private Builder set(Option<?> option, Object value) {
      Methods.set(spec, option, value);
      return this;
    }

    /** Observations in a window, 1 to 4,096 ({@code window.seq-len}). */
    public Builder window(int observations) {
      return set(ForecastOptions.SEQ_LEN, observations);
    }

    /** Observations from one window to the next, 1 to 1,000,000 ({@code window.stride}). */
    public Builder stride(int observations) {
      return set(ForecastOptions.STRIDE, observations);
    }

    /** Further values of each observation, 0 to 1,000 ({@code window.features}). */
    public Builder features(int count) {
      return set(ForecastOptions.FEATURES, count);
    }

    /**
     * A classifier of a safetensors file ({@code classify.file}).
     *
     * @throws IOException if the file can't be read
     */
    public Builder model(Path file) throws IOException {
      model = ModelSource.of(file);
      return this;
    }

    /**
     * The same of a file's bytes.
     *
     * @param name of the model in classifications; overrides the file's
     */
    public Builder model(byte[] safetensors, String name) {
      model = ModelSource.of(safetensors, name);
      return this;
    }

    /**
     * The allowed classes ({@code classify.classes}); by default those of the model and of the
     * labels that come.
     */
    public Builder classes(String... names) {
      for (String name : Checks.given("classes", names)) {
        int length = name == null || name.isBlank() ? 0 : name.length();
        int most = ClassifierModel.MAX_CLASS_LENGTH;
        boolean isName = length >= 1 && length <= most;
        Checks.check(isName, "classes", "names of 1 to %d characters".formatted(most), name);
      }
      List<String> given = List.of(names);
      boolean differ = Set.copyOf(given).size() == names.length;
      Checks.check(differ, "classes", "different names", given);
      spec.set(ClassifyOptions.CLASSES, given);
      return this;
    }

    /** Classes of a series at most ({@code classify.max-classes}); 10 by default. */
    public Builder maxClasses(int most) {
      return set(ClassifyOptions.MAX_CLASSES, most);
    }

    /** Whether each series is learned from its labels ({@code classify.learning}). */
    public Builder learning(boolean whether) {
      return set(ClassifyOptions.LEARNING, whether);
    }

    /** Newest windows of a series whose label may still come ({@code classify.waiting}); 100. */
    public Builder waiting(int windows) {
      return set(ClassifyOptions.WAITING, windows);
    }

    /**
     * Checks all of it together.
     *
     * @throws IllegalArgumentException with one line
     */
    public Classifier build() {
      if (!spec.has(ForecastOptions.SEQ_LEN)) {
        throw new IllegalArgumentException("window: expected the number of values, got none");
      }
      if (model != null) {
        ClassifierModel read = spec.read(model.name(), model.bytes(), model.where());
        String name = model.renames() ? model.name() : read.name();
        spec.model(name, read.withName(name));
      }
      return new Classifier(spec.settings());
    }
  }
}
