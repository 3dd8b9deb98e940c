package dev.weir.forecast.expert;

/**
 * The usual course of a week (or of a season, while no week is complete), plus what is left of the
 * present deviation from it:
 *
 * <pre>
 * G[phase] += max(a, 1/n) (y - G[phase]);  forecast of step i = G(t+i) + rho_i (y[t] - G(t))
 * </pre>
 *
 * rho_i is the running regression, within [0, 1], of a deviation on the one i steps before. Without
 * a season: {@link Naive}.
 */
public final class SeasonalProfile implements Expert {

  private static final double WEEKLY = 0.25; // weight of the newest value at its phase, at least
  private static final double DAILY = 0.1;
  private static final int BASE = 0; // double: the first value, subtracted so that floats suffice
  private static final int DEVIATION = 1; // double: the newest
  private static final int RHO = 2; // doubles: where the persistence begins

  @Override
  public String name() {
    return "seasonal-profile";
  }

  @Override
  public int doubles(Shape shape) {
    return shape.season() > 1 ? RHO + Persistence.doubles(shape) : 0;
  }

  @Override
  public int floats(Shape shape) {
    return shape.season() > 1 ? shape.season() + (shape.week() > 1 ? shape.week() : 0) : 0;
  }

  @Override
  public void observe(History history, ExpertState memory) {
    int season = history.season();
    if (season == 1) {
      return;
    }
    double value = history.newest();
    double[] doubles = memory.doubles;
    if (history.age() == 1) {
      doubles[memory.d + BASE] = value;
    }
    double deviation = value - usual(history, memory, history.t(), 1);
    update(history, memory.floats, memory.f, season, DAILY, value - doubles[memory.d + BASE]);
    int week = history.shape().week();
    if (week > 1) {
      update(
          history,
          memory.floats,
          memory.f + season,
          week,
          WEEKLY,
          value - doubles[memory.d + BASE]);
    }
    doubles[memory.d + DEVIATION] = deviation;
    Persistence.observe(history, doubles, memory.d + RHO, deviation);
  }

  private static void update(
      History history, float[] profile, int at, int period, double least, double value) {
    long before = (history.t() - history.start()) / period; // values at this phase so far
    int phase = at + (int) (history.t() % period);
    profile[phase] += (float) (Math.max(least, 1.0 / (before + 1)) * (value - profile[phase]));
  }

  /**
   * The usual value at an index, from what was learnt at least {@code gap} steps before it; the
   * newest value when nothing was.
   */
  private static double usual(History history, ExpertState memory, long index, int gap) {
    int season = history.season();
    int week = history.shape().week();
    double base = memory.doubles[memory.d + BASE];
    if (week > 1 && isLearnt(history, index, week, gap)) {
      return base + memory.floats[memory.f + season + (int) (index % week)];
    }
    if (isLearnt(history, index, season, gap)) {
      return base + memory.floats[memory.f + (int) (index % season)];
    }
    return history.newest();
  }

  private static boolean isLearnt(History history, long index, int period, int gap) {
    return index - (long) period * ((gap + period - 1) / period) >= history.start();
  }

  @Override
  public void forecast(History history, ExpertState memory, double[] out) {
    boolean seasonal = history.season() > 1;
    for (int i = 1; i <= out.length; i++) {
      out[i - 1] = history.newest();
      if (seasonal) {
        double rho = Persistence.rho(memory.doubles, memory.d + RHO, out.length, i);
        out[i - 1] =
            usual(history, memory, history.t() + i, i) + rho * memory.doubles[memory.d + DEVIATION];
      }
    }
  }
}
