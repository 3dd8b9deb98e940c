/**
 * Joins observations with covariates from a topic of their own: a keyed operator by group that
 * keeps the covariates of each time and attaches those known ahead to an observation. The same with
 * outside forecasts by series, which event time decides.
 *
 * <p>Start at {@link dev.weir.stream.covariate.CovariateJoin}, which adds it to a job.
 */
package dev.weir.stream.covariate;
