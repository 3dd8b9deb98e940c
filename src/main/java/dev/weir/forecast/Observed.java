package dev.weir.forecast;

/** An observation together with the record that brought it. */
public record Observed(Observation observation, SourceRecord source) implements Arrival {}
