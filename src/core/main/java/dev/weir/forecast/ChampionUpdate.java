package dev.weir.forecast;

import dev.weir.model.Mode;

/**
 * A record of the model topic that says which model of a job is the champion.
 *
 * @param job name of the job
 * @param mode which of its forecasts
 * @param model name of the model
 * @param source the record
 */
public record ChampionUpdate(String job, Mode mode, String model, SourceRecord source)
    implements ModelEvent {}
