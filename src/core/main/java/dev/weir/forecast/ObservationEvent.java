package dev.weir.forecast;

/** An observation together with the record that brought it. */
public record ObservationEvent(Observation observation, SourceRecord source)
    implements InputEvent {}
