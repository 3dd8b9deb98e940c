package dev.weir.forecast;

/**
 * The result of reading one record of the topics of observations, labels or feedback: an event, or
 * a dead letter, which takes the same path so that one transaction contains all output.
 */
public sealed interface InputEvent permits ObservationEvent, LabelEvent, FeedbackEvent, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
