package dev.weir.forecast.expert;

/**
 * The weight of the newest value in a running mean that forgets faster after a change of the
 * series: it is then the plain mean of the values since, until that is as deep as the usual one.
 */
public final class NewestWeight {

  /** An age: the series has not changed. */
  public static final int UNCHANGED = Integer.MAX_VALUE;

  /** Weight, in values, of the mean before a change. */
  private static final int BEFORE = 2;

  private NewestWeight() {}

  /**
   * Never less than the usual weight, and that alone without a change.
   *
   * @param usual within (0, 1)
   * @param age values since the change before the newest, or {@link #UNCHANGED}
   */
  public static float of(float usual, int age) {
    return age > 1 / usual ? usual : Math.max(usual, 1f / (age + 1 + BEFORE));
  }
}
