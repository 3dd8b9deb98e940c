package dev.weir.forecast.engine;

import dev.weir.forecast.learn.LearnerSettings;

/** How much memory and time a series may take. */
public enum LearnerSize {
  SMALL,
  DEFAULT,
  FULL;

  /** What is learned of a series of this size. */
  public LearnerSettings learner(int horizon) {
    return switch (this) {
      case SMALL -> LearnerSettings.small(horizon);
      case DEFAULT -> LearnerSettings.defaults(horizon);
      case FULL -> LearnerSettings.full(horizon);
    };
  }
}
