package dev.weir.forecast;

/**
 * What one record of the observations topic turned out to be: an observation, or a dead letter that
 * travels along the same road so that one transaction holds all output. Where classes are learned,
 * a record of the labels topic is one too, and where alarms are raised, one of the feedback topic.
 */
public sealed interface InputEvent permits ObservationEvent, LabelEvent, FeedbackEvent, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
