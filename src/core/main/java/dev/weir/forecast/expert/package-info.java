/**
 * Contains the experts, which are the methods that forecast one series. Examples are "repeat the
 * newest value" and nearest neighbors. Each expert is a class that implements {@link
 * dev.weir.forecast.expert.Expert}.
 *
 * <p>Start at {@link dev.weir.forecast.expert.Expert}. An expert object contains settings and
 * temporary arrays, but no data of a series, so one object serves all series of a task. A series
 * keeps the state of all its experts in a few arrays. An {@link
 * dev.weir.forecast.expert.ExpertState} is the slice of these arrays that belongs to one expert,
 * and {@link dev.weir.forecast.expert.History} the slice with the past values. {@link
 * dev.weir.forecast.expert.Experts} lists them by name.
 */
package dev.weir.forecast.expert;
