package dev.weir.lab.anomaly;

import java.util.List;

/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015, "Evaluating Real-time Anomaly
 * Detection Algorithms"), for alarms with one threshold for all series.
 *
 * <p>With s(x) = 2 / (1 + exp(5x)) - 1: the first alarm in a window gains s(x) / s(-1), x from -1
 * at the window's first value to -1 / length at its last. An alarm elsewhere costs s(x) times the
 * profile's weight, x being the distance from the last window's end in lengths of this window; all
 * of the weight before the first window and more than three lengths after one. A window without an
 * alarm costs 1, or 2 in one profile. Alarms in the probationary period do not count. The sum over
 * all series is scaled so that 0 is no alarm at all, and 100 an alarm at the first value of each
 * window and nowhere else.
 *
 * <p>Not thread-safe.
 */
final class NabScore {

  private static final double PROBATION = 0.15;
  private static final int MAX_PROBATION = 750;
  private static final double FAR = 3;

  /** What false and missing alarms cost. */
  enum Profile {
    STANDARD(0.11, 1),
    LOW_FALSE_POSITIVES(0.22, 1),
    LOW_FALSE_NEGATIVES(0.11, 2);

    private final double falseAlarm;
    private final double missed;

    Profile(double falseAlarm, double missed) {
      this.falseAlarm = falseAlarm;
      this.missed = missed;
    }
  }

  /**
   * Where a series is anomalous.
   *
   * @param first index of the first value
   * @param last index of the last value
   */
  record Window(int first, int last) {
    Window {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException(
            "window: expected 0 <= first <= last, got %d to %d".formatted(first, last));
      }
    }

    private int length() {
      return last - first + 1;
    }
  }

  private double gained;
  private double lost; // not weighted
  private int windows;
  private int found;
  private int falseAlarms;

  /** How many values of a series, from its first on, do not count. */
  static int probation(int values) {
    return (int) Math.min(MAX_PROBATION, Math.floor(PROBATION * values));
  }

  /**
   * Adds a series.
   *
   * @param alarms of each value
   * @param windows in order, none with values of another
   */
  void add(boolean[] alarms, List<Window> windows) {
    int next = 0; // window that contains or follows the value
    boolean isFound = false;
    this.windows += windows.size();
    for (int i = 0; i < alarms.length; i++) {
      if (next < windows.size() && i > windows.get(next).last()) {
        next++;
        isFound = false;
      }
      if (!alarms[i] || i < probation(alarms.length)) {
        continue;
      }
      if (next < windows.size() && i >= windows.get(next).first()) {
        if (!isFound) {
          isFound = true;
          found++;
          Window window = windows.get(next);
          gained += sigmoid((i - window.last() - 1.0) / window.length()) / sigmoid(-1);
        }
      } else {
        falseAlarms++;
        lost += next == 0 ? 1 : -sigmoid(distance(i, windows.get(next - 1)));
      }
    }
  }

  /** Adds all series of another. */
  void add(NabScore other) {
    gained += other.gained;
    lost += other.lost;
    windows += other.windows;
    found += other.found;
    falseAlarms += other.falseAlarms;
  }

  private static double distance(int i, Window before) {
    int steps = i - before.last();
    return before.length() == 1 ? FAR + 1 : steps / (before.length() - 1.0);
  }

  /** From 1 through 0 at x = 0 to -1. */
  static double sigmoid(double x) {
    return x > FAR ? -1 : 2 / (1 + Math.exp(5 * x)) - 1;
  }

  /** The score of all series, at most 100; NaN if they have no window. */
  double score(Profile profile) {
    double sum = gained - profile.falseAlarm * lost - profile.missed * (windows - found);
    double worst = -profile.missed * windows;
    return windows == 0 ? Double.NaN : 100 * (sum - worst) / (windows - worst);
  }

  int windows() {
    return windows;
  }

  /** Windows with an alarm. */
  int found() {
    return found;
  }

  /** Alarms outside windows. */
  int falseAlarms() {
    return falseAlarms;
  }
}
