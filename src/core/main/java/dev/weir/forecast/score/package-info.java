/**
 * Scores predictive distributions: the arithmetic of pinball loss, interval score and CRPS, and
 * their running sums for the series of a job.
 *
 * <p>Start at {@link dev.weir.forecast.score.ProperScores}. {@link
 * dev.weir.forecast.score.DistributionScorer} adds the scores of one distribution to a {@link
 * dev.weir.forecast.score.DistributionSums}, in a job and in an evaluation, which declares its
 * fields.
 */
package dev.weir.forecast.score;
