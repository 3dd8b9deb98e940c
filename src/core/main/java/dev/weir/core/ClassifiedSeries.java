package dev.weir.core;

import dev.weir.classify.ClassState;
import dev.weir.forecast.Classification;
import dev.weir.forecast.window.SeriesState;
import dev.weir.model.ClassifierModel;
import java.util.Optional;

/**
 * State of the classification of one series. Not thread-safe; different series of one {@link
 * Classifier} can be used by different threads at the same time.
 */
public final class ClassifiedSeries {

  private final Classifier classifier;
  private final String name;
  final SeriesState<ClassState> state = new SeriesState<>();

  ClassifiedSeries(Classifier classifier, String name) {
    this.classifier = classifier;
    this.name = name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /**
   * Takes in the next observation.
   *
   * @return the class of the window that ends with it, if one does
   * @throws LateObservationException if the series has passed its time
   * @throws IllegalArgumentException if it has another number of features than the classifier
   */
  public Optional<Classification> observe(Observation observation) {
    return classifier.observe(this, observation);
  }

  /**
   * Learns the true class of a window, as soon as it arrives. The label of a window that has not
   * ended yet is learned when it ends; a series keeps 10,000 of these at most.
   *
   * @param time of the window's newest observation, or within the window if windows do not overlap,
   *     milliseconds since 1970 in UTC
   * @param label the class
   * @throws IllegalArgumentException if the time is not from 1970 to 9999, the window no longer
   *     waits for a label or has another one, or the class is not allowed
   */
  public void label(long time, String label) {
    if (Checks.given("label", label).isBlank()
        || label.length() > ClassifierModel.MAX_CLASS_LENGTH) {
      throw new IllegalArgumentException(
          "label: expected 1 to %d characters, got %d"
              .formatted(ClassifierModel.MAX_CLASS_LENGTH, label.length()));
    }
    classifier.label(this, Observation.checked(time), label);
  }

  /** The series' state, for {@link Classifier#restore}. */
  public byte[] save() {
    return SavedState.write(name(), state.times() == null ? classifier.newState() : state.times());
  }
}
