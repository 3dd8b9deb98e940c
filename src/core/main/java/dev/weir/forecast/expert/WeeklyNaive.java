package dev.weir.forecast.expert;

/**
 * Repeats the value of a week ago (last Monday at ten) if the season is a day, of a season ago
 * while the history is shorter, and the newest value without a season.
 */
final class WeeklyNaive implements Expert {

  @Override
  public String name() {
    return "weekly-naive";
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    int period = period(history);
    for (int i = 1; i <= out.length; i++) {
      out[i - 1] = period > 1 ? history.lag(i, period) : history.newest();
    }
  }

  private static int period(History history) {
    int week = history.shape().week();
    return week > 1 && history.has(history.t() - week) ? week : history.season();
  }
}
