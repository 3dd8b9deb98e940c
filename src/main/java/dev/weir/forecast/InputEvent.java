package dev.weir.forecast;

/**
 * What one record of the observations topic turned out to be: an observation, or a dead letter that
 * travels along the same road so that one transaction holds all output.
 */
public sealed interface InputEvent permits ObservationEvent, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
