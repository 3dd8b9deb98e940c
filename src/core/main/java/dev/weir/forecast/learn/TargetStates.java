package dev.weir.forecast.learn;

import dev.weir.model.NetworkTargets;
import java.util.List;

/**
 * What is kept of a series of several targets in addition to the state of its first one: the states
 * of the others, and what is learned of all together.
 *
 * @param names of all targets, the first one's first
 * @param others states of all but the first; null of one that has not been observed
 * @param numbers learned of all together
 * @param floats the same
 */
public record TargetStates(
    List<String> names, LearnerState[] others, double[] numbers, float[] floats) {

  /** How many targets there are at most. */
  public static final int MAX = NetworkTargets.MAX;

  /** A copy that shares nothing. */
  TargetStates copy() {
    LearnerState[] copies = others.clone();
    for (int k = 0; k < copies.length; k++) {
      copies[k] = copies[k] == null ? null : copies[k].copy();
    }
    return new TargetStates(names, copies, numbers.clone(), floats.clone());
  }

  /** Size of the numbers. */
  public int bytes() {
    int bytes = Double.BYTES * numbers.length + Float.BYTES * floats.length;
    for (LearnerState other : others) {
      bytes += other == null ? 0 : other.bytes();
    }
    return bytes;
  }
}
