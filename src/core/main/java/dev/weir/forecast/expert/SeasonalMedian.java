package dev.weir.forecast.expert;

import java.util.Arrays;

/**
 * The median of the last seven values at the target's phase, plus the rest of the present deviation
 * from it (as in {@link SeasonalProfile}): a profile that is robust against a few unusual days.
 * Without a season, the median of the last 15 values. Computed from the history at each call; keeps
 * only how deviations persist.
 */
final class SeasonalMedian implements Expert {

  private static final int SEASONS = 7;
  private static final int VALUES = 15;
  private static final int DEVIATION = 0; // double: the newest
  private static final int PERSISTENCE = 1; // doubles: where it begins

  private final double[] scratch = new double[VALUES];
  private final DoubleSlice persistence = new DoubleSlice();

  @Override
  public String name() {
    return "seasonal-median";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return shape.season() > 1 ? PERSISTENCE + Persistence.doubles(shape) : 0;
  }

  @Override
  public void observe(History history, ExpertState state) {
    if (history.season() == 1) {
      return;
    }
    double deviation = history.newest() - median(history, history.t(), 1);
    state.doubles().set(DEVIATION, deviation);
    Persistence.observe(history, persistence.in(state.doubles(), PERSISTENCE), deviation);
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    if (history.season() == 1) {
      Arrays.fill(out, RunningMedian.ofNewest(history, scratch));
      return;
    }
    double deviation = state.doubles().get(DEVIATION);
    persistence.in(state.doubles(), PERSISTENCE);
    for (int i = 1; i <= out.length; i++) {
      double rho = Persistence.rho(persistence, out.length, i);
      out[i - 1] = median(history, history.t() + i, i) + rho * deviation;
    }
  }

  /** Median at the phase of an index, of values at least {@code gap} steps before it. */
  private double median(History history, long index, int gap) {
    int season = history.season();
    int size = 0;
    long i = index - (long) season * ((gap + season - 1) / season);
    for (; size < SEASONS && history.has(i); i -= season) {
      RunningMedian.insert(scratch, size++, history.at(i));
    }
    return size == 0 ? history.newest() : RunningMedian.ofSorted(scratch, size);
  }
}
