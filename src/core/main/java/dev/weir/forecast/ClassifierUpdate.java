package dev.weir.forecast;

import dev.weir.model.ClassifierModel;

/** A readable classifier together with the record that brought it. */
public record ClassifierUpdate(ClassifierModel model, SourceRecord source) implements ModelEvent {}
