package dev.weir.forecast.expert;

/** How far a series goes on over values that are missing. */
public final class MissingValues {

  /** Missing values passed one by one; of more, only those that keep the phase of the season. */
  private static final int MAX_PASSED = 2_600;

  private MissingValues() {}

  /** Indices to go on by before the next value; none where the series has not started. */
  public static long passed(History history, long missing) {
    if (missing == 0 || history.age() == 0) {
      return 0;
    }
    if (missing <= MAX_PASSED) {
      return missing;
    }
    return missing % Math.max(history.season(), history.shape().week());
  }
}
