package dev.weir.forecast;

/** What leaves a job. */
public sealed interface Output permits Forecast, Score, Classification, Incident, DeadLetter {}
