package dev.weir.forecast;

/**
 * The result of reading one record of the model topic: a forecaster, a classifier, or a dead
 * letter.
 */
public sealed interface ModelEvent permits ModelUpdate, ClassifierUpdate, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
