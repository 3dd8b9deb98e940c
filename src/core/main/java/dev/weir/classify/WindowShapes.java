package dev.weir.classify;

import dev.weir.rnn.Linear;
import java.util.SplittableRandom;

/**
 * Features of a window's shape: a few sums of many features of {@link MiniRocket}, since a
 * regression keeps the square of their number. They are approximately the sums in which random
 * windows differ most: random ones, improved by one orthogonal iteration.
 *
 * <p>Not thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/0909.4061">Halko, Martinsson and Tropp, Finding structure
 *     with randomness, 2011</a>
 */
final class WindowShapes {

  private static final int FEATURES = 8 * MiniRocket.KERNELS;
  private static final int WINDOWS = 4; // for each sum
  private static final int LONGEST = 256; // of these windows, steps
  private static final float SCALE = 2f; // a larger one learns faster

  private final MiniRocket rocket;
  private final MiniRocket.Scratch scratch = new MiniRocket.Scratch();
  private final int features;
  private final float[] convolved;
  private final float[] sums;
  private final float[] weights; // (sums, features)

  /** Number of sums. */
  static final int COUNT = 64;

  /**
   * For windows whose channels are standardized.
   *
   * @param steps of a window at most
   */
  WindowShapes(int steps, int channels, long seed) {
    this.rocket = MiniRocket.standard(steps, channels, FEATURES, seed);
    this.features = rocket.features();
    this.convolved = new float[features];
    this.sums = new float[COUNT];
    this.weights = new float[COUNT * features];
    SplittableRandom random = new SplittableRandom(seed);
    float[] signs = new float[weights.length];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1f : -1f;
    }
    int length = Math.min(steps, LONGEST);
    for (float[] window : MiniRocket.standardWindows(WINDOWS * COUNT, length, channels, seed + 1)) {
      sum(window, signs);
      for (int s = 0; s < COUNT; s++) {
        add(weights, s * features, sums[s], convolved, 0);
      }
    }
    orthogonalize();
  }

  /** Gives each sum's weights the same length, at right angles to those before. */
  private void orthogonalize() {
    for (int at = 0; at < weights.length; at += features) {
      for (int before = 0; before < at; before += features) {
        add(weights, at, -product(at, before) / (SCALE * SCALE), weights, before);
      }
      float length = (float) Math.sqrt(product(at, at));
      add(weights, at, length > 0f ? SCALE / length - 1f : 0f, weights, at);
    }
  }

  private void add(float[] to, int at, float factor, float[] from, int fromAt) {
    for (int f = 0; f < features; f++) {
      to[at + f] = Math.fma(factor, from[fromAt + f], to[at + f]);
    }
  }

  private float product(int one, int other) {
    float sum = 0f;
    for (int f = 0; f < features; f++) {
      sum = Math.fma(weights[one + f], weights[other + f], sum);
    }
    return sum;
  }

  /**
   * The sums of a window, valid until the next call.
   *
   * @param window (steps, channels), standardized
   */
  float[] of(float[] window) {
    sum(window, weights);
    return sums;
  }

  private void sum(float[] window, float[] by) {
    rocket.transform(window, convolved, scratch);
    for (int f = 0; f < features; f++) {
      convolved[f] -= 0.5f; // it is a share
    }
    Linear.forward(by, 0, null, 0, features, sums.length, convolved, 0, sums, 0);
  }
}
