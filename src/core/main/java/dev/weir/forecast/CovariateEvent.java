package dev.weir.forecast;

/**
 * What one record of the topic of covariates, or of outside forecasts, turned out to be: numbers
 * known ahead, or a dead letter.
 */
public sealed interface CovariateEvent permits CovariateUpdate, OutsideUpdate, DeadLetter {}
