package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierModel;
import java.time.Clock;
import java.time.Duration;

/** Whether an observation makes sense, wherever it was read from. */
final class ObservationCheck {

  private final Duration maxFuture;
  private final Clock clock = Clock.systemUTC();

  /**
   * @param maxFuture how far ahead of the clock an observation may be; one far ahead would carry
   *     event time with it and make all others late
   */
  ObservationCheck(Duration maxFuture) {
    this.maxFuture = maxFuture;
  }

  /** The event of an observation, or a dead letter where it makes no sense. */
  InputEvent event(Observation observation, SourceRecord source) {
    DeadLetter problem = RecordDeserializer.badName("series", observation.series(), source);
    if (problem != null) {
      return problem;
    }
    if (!Double.isFinite(observation.value())) {
      String message = "value: expected a finite number, got " + observation.value();
      return new DeadLetter(Reason.NOT_FINITE, message, source);
    }
    for (int i = 0; i < observation.features().length; i++) {
      if (!Double.isFinite(observation.features()[i])) {
        String message =
            "features[%d]: expected a finite number, got %s"
                .formatted(i, observation.features()[i]);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    for (int i = 0; i < observation.ahead().length; i++) {
      if (Double.isInfinite(observation.ahead()[i])) { // NaN: not known
        String message =
            "features_ahead: expected finite numbers or null, got %s as number %d"
                .formatted(observation.ahead()[i], i + 1);
        return new DeadLetter(Reason.NOT_FINITE, message, source);
      }
    }
    String label = observation.label();
    if (label != null && LabelDeserializer.isWrong(label, ClassifierModel.MAX_CLASS_LENGTH)) {
      String message = LabelDeserializer.wrong("label", label, ClassifierModel.MAX_CLASS_LENGTH);
      return new DeadLetter(Reason.LABEL, message, source);
    }
    problem = RecordDeserializer.badTime("time", observation.time(), maxFuture, clock, source);
    return problem != null ? problem : new ObservationEvent(observation, source);
  }
}
