package dev.weir.forecast.contest;

import static dev.weir.forecast.contest.ShadowState.NOTHING;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;

/**
 * Scores the forecasts of networks that compete, on the same values of a series. All of them
 * forecast at the same time and wait until the whole forecast has met its truth; then they forecast
 * again. So forecasts of a series never overlap, and a challenger costs one run for each horizon of
 * values. A forecast that would reach into the next period is not made, and one that meets a gap is
 * dropped.
 *
 * <p>One instance for each task and mode; not thread-safe.
 */
public final class ShadowScorer {

  private final ContestSettings settings;
  private final Mode mode;
  private final int horizon;
  private final Bounds bounds;
  private final ZoneId zone;
  private final long period; // milliseconds
  private final NetworkForecaster[] networks; // by model; null of one that is not there
  private final double[] values; // (horizon)
  private int champion;
  private long epoch = Long.MIN_VALUE;

  /**
   * @param bounds of the forecasts
   * @param zone of the calendar that networks read
   */
  public ShadowScorer(
      ContestSettings settings, Mode mode, int horizon, Bounds bounds, ZoneId zone) {
    this.settings = settings;
    this.mode = mode;
    this.horizon = horizon;
    this.bounds = bounds;
    this.zone = zone;
    this.period = settings.period().toMillis();
    this.networks = new NetworkForecaster[settings.models().size()];
    this.values = new double[horizon];
  }

  /**
   * Compares these networks from now on.
   *
   * @param models in the order of the settings; null of one that is not there
   * @param champion place of the champion
   * @param epoch larger than that of the networks before
   */
  public void use(List<ForecastModel> models, int champion, long epoch) {
    this.champion = champion;
    this.epoch = epoch;
    for (int i = 0; i < networks.length; i++) {
      ForecastModel model = models.get(i);
      if (model == null || networks[i] == null || networks[i].model() != model) {
        networks[i] = model == null ? null : new NetworkForecaster(model, zone);
      }
    }
  }

  /** Name of a model. */
  public String name(int model) {
    return settings.models().get(model);
  }

  /** How many models compete. */
  public int models() {
    return networks.length;
  }

  /**
   * A series has moved on to the newest value of a window.
   *
   * @return what the series says of a period that is complete; else null
   */
  public ShadowScore observe(ShadowState state, SequenceWindow window) {
    if (!state.fits(epoch, networks.length, horizon)) {
      state.start(epoch, networks.length, horizon);
    }
    if (state.step != NOTHING) {
      score(state, window);
    }
    long spacing = window.spacing();
    long next = periodOf(window.origin() + spacing);
    ShadowScore result = null;
    // of irregular values, the spacing may say the period before at its end
    if (next > state.period || next < state.period - 1) {
      if (state.complete > 0 && next == state.period + 1) {
        result = result(state);
      }
      state.period = next;
      state.complete = 0;
      state.step = NOTHING;
      Arrays.fill(state.errors, 0);
    }
    boolean isInside =
        next == state.period && periodOf(window.origin() + horizon * spacing) == next;
    if (state.step == NOTHING
        && spacing > 0
        && isInside
        && window.isFull()
        && networks[champion] != null) {
      forecast(state, window);
    }
    return result;
  }

  /** The period that a value counts for; one at midnight is the last of its day. */
  private long periodOf(long time) {
    return Math.floorDiv(time - 1, period);
  }

  private void score(ShadowState state, SequenceWindow window) {
    if (window.missing() > 0 || periodOf(window.origin()) != state.period) {
      state.step = NOTHING;
      return;
    }
    for (int i = 0; i < networks.length; i++) {
      double forecast = state.forecasts[i * horizon + state.step];
      state.waiting[i] += Math.abs(window.last() - forecast) / horizon;
    }
    state.step++;
    if (state.step == horizon) {
      for (int i = 0; i < networks.length; i++) {
        state.errors[i] += state.waiting[i];
        state.totals[i] += state.waiting[i] * horizon;
      }
      state.complete++;
      state.scored += horizon;
      state.step = NOTHING;
    }
  }

  private void forecast(ShadowState state, SequenceWindow window) {
    for (int i = 0; i < networks.length; i++) {
      if (networks[i] == null) {
        Arrays.fill(values, Double.NaN); // so are its errors
      } else if (!networks[i].forecast(window, values)) {
        Arrays.fill(values, window.last()); // as it would be issued
      }
      bounds.apply(values);
      System.arraycopy(values, 0, state.forecasts, i * horizon, horizon);
    }
    Arrays.fill(state.waiting, 0);
    state.step = 0;
  }

  private ShadowScore result(ShadowState state) {
    long[] versions = new long[networks.length];
    long[] gains = new long[networks.length];
    double a = state.errors[champion];
    for (int i = 0; i < networks.length; i++) {
      versions[i] = networks[i] == null ? -1 : networks[i].model().version();
      double b = state.errors[i];
      double gain = a == b ? 0 : (a - b) / (a + b);
      if (Double.isNaN(gain)) { // of an infinite error
        gain = a > b ? 1 : -1;
      }
      gains[i] = networks[i] == null ? ShadowScore.NONE : Math.round(gain * ShadowScore.ONE);
    }
    return new ShadowScore(mode, epoch, champion, versions, state.period, gains);
  }
}
