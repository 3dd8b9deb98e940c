package dev.weir.core;

import dev.weir.classify.series.ClassContext;
import dev.weir.classify.series.ClassState;
import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Runs a job's {@link SeriesClassifier} on one series at a time, whose state is in the {@link
 * ClassifiedSeries}. For one thread at a time.
 */
final class ClassEngine implements ClassContext {

  private static final SourceRecord NO_RECORD = new SourceRecord(null, 0, 0, -1, null, null);

  private final ClassifySettings settings;
  private final SeriesClassifier classifier;
  private Classification said; // in the current call, as the next
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
    dev.weir.forecast.Observation next = Checks.given("observation", observation).of(of.name());
    int got = next.features().length;
    Checks.check(got == features, "features", Integer.toString(features), got);
    int ahead = next.ahead().length;
    Checks.check(ahead == 0, "ahead", "none, since a class is not forecast", ahead + " numbers");
    said = null;
    refused = null;
    try {
      of.state = classifier.observe(of.state, next, NO_RECORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a context with I/O, which this is not
    }
    if (refused != null) {
      throw new LateObservationException(of.name() + ": " + refused.message());
    }
    return Optional.ofNullable(said);
  }

  void label(ClassifiedSeries of, long time, String label) {
    refused = null;
    of.state = classifier.fitted(of.state);
    try {
      classifier.label(of.state, new LabelEvent(of.name(), time, label, NO_RECORD));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // as above
    }
    if (refused != null) {
      throw new IllegalArgumentException(refused.message());
    }
  }

  ClassState newState() {
    return classifier.newState();
  }

  @Override
  public void collect(Output output) {
    if (output instanceof Classification classification) {
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
  public Long expiry() {
    return null; // no series expires
  }

  @Override
  public void expiry(Long time) {
    // as above
  }

  @Override
  public long watermark() {
    return Long.MIN_VALUE; // windows are by count: nothing waits for event time
  }

  /** Late enough for each time to have come: what is said must not depend on the day. */
  @Override
  public long now() {
    return Observation.MAX_TIME;
  }

  @Override
  public void wakeAt(long time) {
    // as above
  }
}
