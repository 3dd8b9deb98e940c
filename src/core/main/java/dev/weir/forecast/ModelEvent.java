package dev.weir.forecast;

/**
 * What one record of the model topic turned out to be: a model that forecasts, one that classifies,
 * or a dead letter.
 */
public sealed interface ModelEvent permits ModelUpdate, ClassifierUpdate, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
