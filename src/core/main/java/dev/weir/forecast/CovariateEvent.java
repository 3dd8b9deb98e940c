package dev.weir.forecast;

/**
 * The result of reading one record of the topic of covariates, or of outside forecasts: numbers
 * known ahead, or a dead letter.
 */
public sealed interface CovariateEvent permits CovariateUpdate, OutsideUpdate, DeadLetter {}
