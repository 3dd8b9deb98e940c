package dev.weir.forecast.expert;

import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;

/**
 * The usual course of a week (or of a season, while no week is complete), plus the rest of the
 * present deviation from it:
 *
 * <pre>
 * G[phase] += max(a, 1/n) (y - G[phase]);  forecast of step i = G(t+i) + rho_i (y[t] - G(t))
 * </pre>
 *
 * rho_i is the running regression, within [0, 1], of a deviation on the one i steps before. Without
 * a season: {@link Naive}.
 */
final class SeasonalProfile implements Expert {

  private static final double WEEKLY = 0.25; // weight of the newest value at its phase, at least
  private static final double DAILY = 0.1;
  private static final int BASE = 0; // double: the first value, subtracted so that floats suffice
  private static final int DEVIATION = 1; // double: the newest
  private static final int PERSISTENCE = 2; // doubles: where it begins

  // floats: G of each phase of the season, then of the week
  private final FloatSlice weekly = new FloatSlice();
  private final DoubleSlice persistence = new DoubleSlice();

  @Override
  public String name() {
    return "seasonal-profile";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return shape.season() > 1 ? PERSISTENCE + Persistence.doubles(shape) : 0;
  }

  @Override
  public int floats(SeriesDimensions shape) {
    return shape.season() > 1 ? shape.season() + (shape.week() > 1 ? shape.week() : 0) : 0;
  }

  @Override
  public void observe(History history, ExpertState state) {
    int season = history.season();
    if (season == 1) {
      return;
    }
    double value = history.newest();
    DoubleSlice doubles = state.doubles();
    if (history.age() == 1) {
      doubles.set(BASE, value);
    }
    double deviation = value - usual(history, state, history.t(), 1);
    double relative = value - doubles.get(BASE);
    update(history, state.floats(), season, DAILY, relative);
    int week = history.shape().week();
    if (week > 1) {
      update(history, weekly.in(state.floats(), season), week, WEEKLY, relative);
    }
    doubles.set(DEVIATION, deviation);
    Persistence.observe(history, persistence.in(doubles, PERSISTENCE), deviation);
  }

  private static void update(
      History history, FloatSlice profile, int period, double least, double value) {
    long before = (history.t() - history.start()) / period; // values at this phase so far
    int phase = (int) (history.t() % period);
    double weight = Math.max(least, 1.0 / (before + 1));
    profile.add(phase, (float) (weight * (value - profile.get(phase))));
  }

  /**
   * The usual value at an index, learned at least {@code gap} steps before it; else the newest
   * value.
   */
  private static double usual(History history, ExpertState state, long index, int gap) {
    int season = history.season();
    int week = history.shape().week();
    double base = state.doubles().get(BASE);
    if (week > 1 && isLearned(history, index, week, gap)) {
      return base + state.floats().get(season + (int) (index % week));
    }
    if (isLearned(history, index, season, gap)) {
      return base + state.floats().get((int) (index % season));
    }
    return history.newest();
  }

  private static boolean isLearned(History history, long index, int period, int gap) {
    return index - (long) period * ((gap + period - 1) / period) >= history.start();
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    if (history.season() == 1) {
      Arrays.fill(out, history.newest());
      return;
    }
    double deviation = state.doubles().get(DEVIATION);
    persistence.in(state.doubles(), PERSISTENCE);
    for (int i = 1; i <= out.length; i++) {
      double rho = Persistence.rho(persistence, out.length, i);
      out[i - 1] = usual(history, state, history.t() + i, i) + rho * deviation;
    }
  }
}
