package dev.weir.forecast;

/** How much memory and time a series may take. */
public enum LearnerSize {
  SMALL,
  DEFAULT
}
