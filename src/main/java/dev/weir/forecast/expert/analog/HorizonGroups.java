package dev.weir.forecast.expert.analog;

/**
 * Steps that share what is learned for them: 1, 2, 3-4, 5-8, 9-16, 17-32 and so on, since
 * neighbouring far steps hardly differ.
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

  /** Steps in the group of step i, up to the horizon. */
  public static int size(int i, int horizon) {
    int group = group(i);
    return group == 0 ? 1 : Math.min(1 << group, horizon) - (1 << (group - 1));
  }

  /** Whether step i is the first of its group. */
  public static boolean isFirst(int i) {
    return i == 1 || (i - 1 & i - 2) == 0;
  }

  /** Where the line of a group's first step begins, when each such step i has i places. */
  public static int place(int i) {
    int places = 0;
    for (int first = 1; first < i; first = next(first)) {
      places += first;
    }
    return places;
  }

  public static int places(int horizon) {
    int places = 0;
    for (int first = 1; first <= horizon; first = next(first)) {
      places += first;
    }
    return places;
  }

  private static int next(int first) {
    return first == 1 ? 2 : 2 * first - 1; // 1, 2, 3, 5, 9, 17
  }
}
