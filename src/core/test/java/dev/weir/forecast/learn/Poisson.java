package dev.weir.forecast.learn;

import java.util.Random;

/** Draws counts from Poisson's distribution (Knuth 1969). */
final class Poisson {

  private Poisson() {}

  static int next(Random random, double mean) {
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    for (; product > limit; count++) {
      product *= random.nextDouble();
    }
    return count;
  }
}
