/**
 * Compares networks of the same forecast on live series, and decides which one is the champion, the
 * one whose forecasts are issued.
 *
 * <p>Start at {@link dev.weir.forecast.contest.ShadowScorer}: for each series it scores the
 * forecasts of all networks on the same values and sums the errors of a period of event time, a
 * day. A {@link dev.weir.forecast.contest.Contest} joins those of all series, tests after each
 * period whether a challenger is better, with a {@link dev.weir.forecast.contest.SequentialTest},
 * and promotes it. Neither the order of series nor the number of tasks counts.
 */
package dev.weir.forecast.contest;
