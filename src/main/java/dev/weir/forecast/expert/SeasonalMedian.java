package dev.weir.forecast.expert;

/**
 * The median of the last seven values at the target's phase, plus what is left of the present
 * deviation from it (as in {@link SeasonalProfile}): a profile that a few odd days don't bend.
 * Without a season, the median of the last 15 values. Computed from the history at each call; keeps
 * only how deviations persist.
 */
public final class SeasonalMedian implements Expert {

  private static final int SEASONS = 7;
  private static final int VALUES = 15;
  private static final int RHO = 1; // doubles: the newest deviation, then the persistence

  private final double[] scratch = new double[VALUES];

  @Override
  public String name() {
    return "seasonal-median";
  }

  @Override
  public int doubles(Shape shape) {
    return shape.season() > 1 ? RHO + Persistence.doubles(shape) : 0;
  }

  @Override
  public void observe(History history, ExpertState memory) {
    if (history.season() == 1) {
      return;
    }
    double deviation = history.newest() - median(history, history.t(), 1);
    memory.doubles[memory.d] = deviation;
    Persistence.observe(history, memory.doubles, memory.d + RHO, deviation);
  }

  @Override
  public void forecast(History history, ExpertState memory, double[] out) {
    boolean seasonal = history.season() > 1;
    double plain = seasonal ? 0 : RunningMedian.ofNewest(history, scratch);
    for (int i = 1; i <= out.length; i++) {
      out[i - 1] = plain;
      if (seasonal) {
        double rho = Persistence.rho(memory.doubles, memory.d + RHO, out.length, i);
        out[i - 1] = median(history, history.t() + i, i) + rho * memory.doubles[memory.d];
      }
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
