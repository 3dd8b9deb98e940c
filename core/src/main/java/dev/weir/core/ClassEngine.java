package dev.weir.core;

import dev.weir.classify.series.ClassContext;
import dev.weir.classify.series.ClassState;
import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ModelFormatException;
import java.util.Optional;

/**
 * Runs a job's {@link SeriesClassifier} on one series at a time, whose state is in the {@link
 * ClassifiedSeries}. For one thread at a time.
 */
final class ClassEngine implements ClassContext {

  private static final SourceRecord NO_RECORD = new SourceRecord(null, 0, 0, -1, null, null);

  private final ClassifySettings settings;
  private final SeriesClassifier classifier;
  private dev.weir.forecast.Classification said; // in the current call, as the next
  private DeadLetter refused;

  /**
   * @throws IllegalArgumentException if the settings do not go together
   */
  ClassEngine(ClassifySettings settings) {
    this.settings = settings;
    try {
      classifier = new SeriesClassifier(settings, this);
    } catch (ModelFormatException e) {
      throw new IllegalStateException("a model that was read before must be readable", e);
    }
  }

  Optional<Classification> observe(ClassifiedSeries of, Observation observation) {
    int features = settings.channels() - 1;
    dev.weir.forecast.Observation next = observation.of(of.name());
    int got = next.features().length;
    Checks.check(got == features, "features", Integer.toString(features), got);
    int ahead = next.ahead().length;
    Checks.check(ahead == 0, "ahead", "none, since a class is not forecast", ahead + " numbers");
    start(of);
    classifier.observe(of.state, next, NO_RECORD);
    if (refused != null) {
      throw new LateObservationException(refused.message());
    }
    return Optional.ofNullable(said).map(Classification::of);
  }

  void label(ClassifiedSeries of, long time, String label) {
    start(of);
    classifier.label(of.state, new LabelEvent(of.name(), time, label, NO_RECORD));
    if (refused != null) {
      throw new IllegalArgumentException(refused.message());
    }
  }

  ClassState newState() {
    return classifier.newState();
  }

  /** State of other settings can't be used: the series starts again, as in a job. */
  private void start(ClassifiedSeries of) {
    said = null;
    refused = null;
    if (of.state == null || !classifier.fits(of.state)) {
      of.state = classifier.newState();
    }
  }

  @Override
  public void collect(Output output) {
    if (output instanceof dev.weir.forecast.Classification classification) {
      said = classification;
    } else if (output instanceof DeadLetter letter) {
      refused = letter;
    }
  }

  @Override
  public void count(Counted what) {
    // no metrics
  }

  @Override
  public void labelled(boolean isRight, double logLoss, long delay) {
    // the classifications say how it does
  }

  @Override
  public long watermark() {
    return Long.MIN_VALUE; // windows are by count: nothing waits for event time
  }

  @Override
  public void wakeAt(long time) {
    // as above
  }
}
