package dev.weir.forecast.step;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The lead times whose errors are tracked: the first four, then fewer and fewer, since neighboring
 * far steps hardly differ, and the horizon. Steps between them are interpolated linearly, or use
 * the nearest one.
 *
 * <p>Those beyond {@value #NEAR} are at different times of a day and of a week: at multiples of a
 * day or week the newest value would appear a good forecast of all steps. The first steps of the
 * {@link HorizonGroups} are among them.
 *
 * <p>Immutable.
 */
public final class FollowedSteps {

  /** Those below the horizon, which is always one. */
  private static final int[] STEPS = {
    1, 2, 3, 4, 6, 8, 11, 14, 18, 21, 24, 30, 36, 42, 48, 65, 92, 129, 175, 257, 330, 419, 513, 613,
    705, 800, 903
  };

  /** Up to here, each step has intervals and scores of its own. */
  private static final int NEAR = 48;

  private static final int LAST = 11; // steps before the horizon

  private final int[] steps;
  private final int[] next; // (horizon + 1), index of the first one that is not before a step
  private final int[] nearest; // (horizon + 1), index
  private final float[] share; // (horizon + 1), of the next one; the rest is of the one before

  public FollowedSteps(int horizon) {
    this(
        IntStream.concat(
                IntStream.of(STEPS).takeWhile(step -> step < horizon),
                hasLast(horizon) ? IntStream.of(horizon - LAST, horizon) : IntStream.of(horizon))
            .toArray());
  }

  /** Whether a far horizon, which may be a multiple of a day, needs a step shortly before it. */
  private static boolean hasLast(int horizon) {
    int last = horizon - LAST;
    return last > 2 * NEAR && IntStream.of(STEPS).noneMatch(s -> s >= last && s < horizon);
  }

  private FollowedSteps(int[] steps) {
    int horizon = steps[steps.length - 1];
    this.steps = steps;
    this.next = new int[horizon + 1];
    this.nearest = new int[horizon + 1];
    this.share = new float[horizon + 1];
    for (int i = 1, s = 0; i <= horizon; i++) {
      s += steps[s] < i ? 1 : 0;
      int before = Math.max(0, s - 1);
      boolean isOne = steps[s] == i;
      next[i] = s;
      nearest[i] = isOne || steps[s] - i < i - steps[before] ? s : before;
      share[i] = isOne ? 1 : (i - steps[before]) / (float) (steps[s] - steps[before]);
    }
  }

  /** The steps with scores and intervals of their own: these and each near step. */
  public static FollowedSteps scored(int horizon) {
    IntStream near = IntStream.rangeClosed(1, Math.min(horizon, NEAR));
    IntStream far = Arrays.stream(new FollowedSteps(horizon).steps).filter(step -> step > NEAR);
    return new FollowedSteps(IntStream.concat(near, far).toArray());
  }

  /** Number of followed steps. */
  public int count() {
    return steps.length;
  }

  /** The followed step with an index from 0, ascending. */
  public int step(int place) {
    return steps[place];
  }

  public int horizon() {
    return steps[steps.length - 1];
  }

  /** Whether a step is followed. */
  public boolean has(int step) {
    return share[step] == 1;
  }

  /** Number of steps whose nearest followed step has an index. */
  public int width(int place) {
    int first = place == 0 ? 1 : (steps[place - 1] + steps[place]) / 2 + 1;
    return (place == steps.length - 1 ? horizon() : (steps[place] + steps[place + 1]) / 2)
        - first
        + 1;
  }

  /** Index of the nearest one, the shorter of two. */
  public int nearest(int step) {
    return nearest[step];
  }

  /** Index of the last one that is not beyond a step. */
  public int last(int step) {
    return has(step) ? next[step] : next[step] - 1;
  }

  /** Index of the first one that is not before a step. */
  public int next(int step) {
    return next[step];
  }

  /** Index of the one before {@link #next}, or of the first. */
  public int before(int step) {
    return Math.max(0, next[step] - 1);
  }

  /**
   * Relative position of a step between the one before and the next, within (0, 1]; 1 if followed.
   */
  public float share(int step) {
    return share[step];
  }

  /**
   * The value of a step, interpolated unless it is followed.
   *
   * @param before value at the index {@link #before}
   * @param next value at the index {@link #next}
   */
  public double between(double before, double next, int step) {
    return has(step) ? next : before + share[step] * (next - before);
  }

  /**
   * The value of a step, interpolated unless it is followed.
   *
   * @param values of the followed steps, by index
   */
  public double between(double[] values, int step) {
    return between(values[before(step)], values[next[step]], step);
  }
}
