package dev.weir.forecast;

/** What one record of the model topic turned out to be: a readable model, or a dead letter. */
public sealed interface ModelEvent permits ModelUpdate, DeadLetter {

  /** The record as it came. */
  SourceRecord source();
}
