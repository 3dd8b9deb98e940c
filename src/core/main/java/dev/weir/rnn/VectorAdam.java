package dev.weir.rnn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Adam}'s update in the Vector API: one pass over gradients, weights and both averages where
 * they lie. The same operations in the same order, so the same bits.
 *
 * <p>Only where {@link Kernels#vectors()} holds.
 */
final class VectorAdam {

  private static final VectorSpecies<Float> SPECIES = VectorLoops.SPECIES;
  private static final int LANES = VectorLoops.LANES;

  private final float decay;
  private final float new1;
  private final float old2;
  private final float new2;
  private final float epsilon;

  VectorAdam(double beta1, double beta2, double epsilon, double weightDecay) {
    this.decay = (float) weightDecay;
    this.new1 = (float) (1 - beta1);
    this.old2 = (float) beta2;
    this.new2 = (float) (1 - beta2);
    this.epsilon = (float) epsilon;
  }

  /**
   * Updates the weights that fill whole vectors, and returns how many these are.
   *
   * @param m where the first average begins in the state
   * @param v where the second one begins
   */
  int update(
      float scale,
      float stepSize,
      float rootOfCorrection2,
      float[] gradient,
      int g,
      float[] weights,
      int w,
      float[] state,
      int m,
      int v,
      int count) {
    int done = 0;
    for (; done + LANES <= count; done += LANES) {
      FloatVector weight = FloatVector.fromArray(SPECIES, weights, w + done);
      FloatVector slope =
          weight.fma(
              FloatVector.broadcast(SPECIES, decay),
              FloatVector.fromArray(SPECIES, gradient, g + done).mul(scale));
      FloatVector first = FloatVector.fromArray(SPECIES, state, m + done);
      first = slope.sub(first).fma(FloatVector.broadcast(SPECIES, new1), first);
      FloatVector second = FloatVector.fromArray(SPECIES, state, v + done);
      second = second.mul(old2).add(slope.mul(new2).mul(slope));
      FloatVector denominator = second.sqrt().div(rootOfCorrection2).add(epsilon);
      first.intoArray(state, m + done);
      second.intoArray(state, v + done);
      weight.sub(first.mul(stepSize).div(denominator)).intoArray(weights, w + done);
    }
    return done;
  }
}
