package dev.weir.forecast;

/** What one record of the covariates topic turned out to be: covariates, or a dead letter. */
public sealed interface CovariateEvent permits CovariateUpdate, DeadLetter {}
