package dev.weir.forecast;

/** What leaves a forecasting job. */
public sealed interface Output permits Forecast, Score, DeadLetter {}
