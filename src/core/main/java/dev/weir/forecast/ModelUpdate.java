package dev.weir.forecast;

import dev.weir.model.ForecastModel;

/** A readable model together with the record that brought it. */
public record ModelUpdate(ForecastModel model, SourceRecord source) implements ModelEvent {}
