package dev.weir.forecast.shared;

import dev.weir.model.ForecastModel;
import java.util.List;

/**
 * A decision of the trainer: a model to publish.
 *
 * @param kind whether it is new
 * @param model to become the active one
 * @param time event time of the decision, milliseconds since 1970
 * @param before version of the model that it replaces
 * @param error of the model on held-out series, divided by that of repeating the last value
 * @param errorBefore of the model that it replaces, on the same
 * @param retired versions of this model that the trainer published and that are no longer kept
 */
public record Publication(
    Kind kind,
    ForecastModel model,
    long time,
    long before,
    double error,
    double errorBefore,
    List<Long> retired) {

  /** Why a model is published. */
  public enum Kind {
    /** It is new, and better than the active one. */
    LEARNED,
    /** It was active before, and the one after it is worse. */
    ROLLED_BACK
  }
}
