/**
 * Learns each series from its own values: a {@link dev.weir.forecast.learn.Learner} mixes the
 * experts of {@code forecast.expert} by their errors, with intervals. What it knows of a series is
 * one state object; the learner itself holds settings and scratch. Add an expert to {@link
 * dev.weir.forecast.learn.Experts}. May import {@code forecast}, {@code forecast.window}, {@code
 * forecast.expert} and the JDK.
 */
package dev.weir.forecast.learn;
