/**
 * Contains the experts, which are the methods that forecast one series. Examples are "repeat the
 * newest value" and nearest neighbors. Each expert is a class that implements {@link
 * dev.weir.forecast.expert.Expert}.
 *
 * <p>Start at {@link dev.weir.forecast.expert.Expert}. An expert object contains settings and
 * temporary arrays, but no data of a series, so one object serves all series of a task. What an
 * expert has learned of a series is an {@link dev.weir.forecast.expert.ExpertState}, a slice of
 * that series' flat arrays. {@link dev.weir.forecast.expert.History} gives the same kind of access
 * to the values of a series.
 *
 * <p>Allowed imports: the JDK. Two subpackages also import {@code rnn}: {@code analog} uses the
 * vector kernels' settings, and {@code recurrent} trains recurrent networks.
 */
package dev.weir.forecast.expert;
