/**
 * Contains the experts, which are the methods that forecast one series. Examples are "repeat the
 * newest value" and nearest neighbors. Each expert is a class that implements {@link
 * dev.weir.forecast.expert.Expert}.
 *
 * <p>Start at {@link dev.weir.forecast.expert.Expert}. An expert object contains settings and
 * temporary arrays, but no data of a series, so one object serves all series of a task. A series
 * keeps the state of all its experts in a few arrays. An {@link
 * dev.weir.forecast.expert.ExpertState} is the slice of these arrays that belongs to one expert,
 * and {@link dev.weir.forecast.expert.History} the slice with the past values.
 *
 * <p>Allowed imports: {@code forecast.explanation} and the JDK. Two subpackages also import {@code
 * rnn}: {@code analog} reads whether the Vector API is available, and {@code recurrent} trains
 * networks.
 */
package dev.weir.forecast.expert;
