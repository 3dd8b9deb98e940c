package dev.weir.forecast;

/** An output of a job. */
public sealed interface Output permits Forecast, Score, Classification, Incident, DeadLetter {}
