package dev.weir.forecast.step;

/**
 * Lead times that share their learned state: 1, 2, 3-4, 5-8, 9-16, 17-32 and so on, since
 * neighboring far steps hardly differ.
 */
public final class HorizonGroups {

  private HorizonGroups() {}

  /** Group of step i, from 0. */
  public static int group(int i) {
    return i == 1 ? 0 : 32 - Integer.numberOfLeadingZeros(i - 1);
  }

  public static int count(int horizon) {
    return group(horizon) + 1;
  }

  /** Whether step i is the first of its group. */
  public static boolean isFirst(int i) {
    return i == 1 || (i - 1 & i - 2) == 0;
  }

  /**
   * First index of the ring of a group's first step, if each such step i has i places: after those
   * of 1, 2, 3, 5, 9, ...
   */
  public static int place(int i) {
    return placesOf(group(i));
  }

  public static int places(int horizon) {
    return placesOf(count(horizon));
  }

  private static int placesOf(int groups) {
    return groups == 0 ? 0 : (1 << groups - 1) + groups - 1;
  }
}
