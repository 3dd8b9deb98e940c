package dev.weir.forecast.learn;

import java.util.List;

/** Values that a broken sensor, a wrong unit or an attacker sends; all of them finite. */
public final class ExtremeEpisodes {

  /** Values in each episode. */
  public static final int LENGTH = 150;

  /** One value of an episode. */
  private interface Course {
    double at(int n);
  }

  private static final List<Course> ALL =
      List.of(
          n -> 7, // constant
          n -> 0,
          n -> 1e300,
          n -> n % 2 == 0 ? 1e300 : -1e300,
          n -> n % 2 == 0 ? Double.MAX_VALUE : -Double.MAX_VALUE,
          n -> Double.MIN_VALUE * (n * n % 7), // denormals
          n -> n < LENGTH / 2 ? 3 : 1e6 + 3, // a step
          n -> (n / 10 % 2 == 0 ? 1 : -1) * (5 + n % 3), // sign flips
          n -> -Math.pow(10, 2 * n), // grows from 1 to -1e298
          n -> n % 40 == 20 ? 1e300 : n % 40 == 30 ? -0.0 : 1e-12 * n); // spikes over nothing

  public static final int COUNT = ALL.size();

  private ExtremeEpisodes() {}

  public static double value(int episode, int n) {
    return ALL.get(episode).at(n);
  }

  /** A series as anybody would want it: around 5, a season of 24. */
  public static double sine(int t) {
    return 5 + Math.sin(2 * Math.PI * t / 24);
  }
}
