/**
 * One class an expert: methods that forecast one series, from "repeat the last value" to nearest
 * neighbours, all behind {@link dev.weir.forecast.expert.Expert}.
 *
 * <p>An expert is a flyweight: it knows a method and holds scratch, never a series. What it has
 * learned of a series is an {@link dev.weir.forecast.expert.ExpertState}: a slice of that series'
 * flat arrays, so that one instance serves all series of a task and a series is saved by copying
 * arrays. {@link dev.weir.forecast.expert.History} is the same idea for the values themselves.
 *
 * <p>Sees the JDK only.
 */
package dev.weir.forecast.expert;
