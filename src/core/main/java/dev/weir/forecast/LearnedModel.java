package dev.weir.forecast;

import dev.weir.model.ForecastModel;

/**
 * A record of the model topic that the job writes itself.
 *
 * @param name name of the model
 * @param version its version
 * @param model the model; null for a copy that is removed
 * @param isCopy whether the record is one to go back to, rather than the one that jobs read
 * @param time event time of the decision, milliseconds since 1970
 */
public record LearnedModel(
    String name, long version, ForecastModel model, boolean isCopy, long time) implements Output {}
