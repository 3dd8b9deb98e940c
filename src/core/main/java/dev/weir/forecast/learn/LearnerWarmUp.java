package dev.weir.forecast.learn;

import dev.weir.rnn.Kernels;
import java.util.HashSet;
import java.util.Set;

/**
 * Has the JVM compile what a learner runs, on values of no series, so that no record waits for
 * that: until its loops are compiled, each vector is an object, and a value can take milliseconds.
 * Each settings once, and all for a bounded time. Does nothing where vectors are not used. What
 * series learn is not touched.
 */
public final class LearnerWarmUp {

  /** Takes a second, for all learners of this JVM. */
  public static final LearnerWarmUp OF_THIS_JVM = new LearnerWarmUp(1_000_000_000L);

  private static final int VALUES = 6_000; // beyond what the compiler waits for
  private static final int SEASON = 24;

  private final Set<LearnerSettings> warm = new HashSet<>();
  private long nanosLeft;

  /**
   * @param nanos for all settings together
   */
  LearnerWarmUp(long nanos) {
    this.nanosLeft = nanos;
  }

  /**
   * Returns whether there was something to do. A thread that comes while another one warms up
   * waits, since it would need the same.
   *
   * @param learner is not used itself, only its settings are
   */
  public synchronized boolean run(Learner learner) {
    LearnerSettings settings = learner.settings();
    if (!Kernels.vectors() || nanosLeft <= 0 || !warm.add(settings)) {
      return false;
    }
    long start = System.nanoTime();
    Learner twin = new Learner(settings);
    LearnerState state = twin.newSeries("", SEASON);
    double[] values = new double[settings.horizon()];
    int levels = settings.levels().size();
    double[][] lower = new double[levels][settings.horizon()];
    double[][] upper = new double[levels][settings.horizon()];
    for (int t = 0; t < VALUES && System.nanoTime() - start < nanosLeft; t++) {
      // a rhythm with something on it that never repeats, or experts would have nothing to learn
      twin.observe(state, t, Math.sin(2 * Math.PI * t / SEASON) + Math.sin(t * 1.7) / 4);
      twin.forecast(state, values, lower, upper);
    }
    nanosLeft -= System.nanoTime() - start;
    return true;
  }
}
