package dev.weir.forecast;

import dev.weir.forecast.expert.Corrector;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The experts of a learner, correctors last, and what each of them forecasts for the series at
 * hand. An expert whose forecast is not finite begins anew; until then it repeats the newest value.
 */
final class ExpertPanel {

  private final CurrentSeries series;
  private final Expert[] experts;
  private final int firstCorrector; // experts from here on are told the mean of those before
  private final boolean[] flat; // (experts)
  private final double[][] made; // (experts, horizon)
  private final ExpertState slice = new ExpertState();
  private long restarts;

  /**
   * @throws IllegalArgumentException when there are correctors only
   */
  ExpertPanel(CurrentSeries series, List<Expert> experts, int horizon) {
    this.series = series;
    // in their order, but correctors after those that they correct
    this.experts =
        experts.stream()
            .sorted(Comparator.comparing(expert -> expert instanceof Corrector))
            .toArray(Expert[]::new);
    int first = 0;
    while (first < this.experts.length && !(this.experts[first] instanceof Corrector)) {
      first++;
    }
    if (first == 0) {
      throw new IllegalArgumentException(
          "experts: expected one that needs no others, got "
              + experts.stream().map(Expert::name).toList());
    }
    this.firstCorrector = first;
    this.flat = new boolean[this.experts.length];
    for (int e = 0; e < flat.length; e++) {
      flat[e] = this.experts[e].flat();
    }
    this.made = new double[this.experts.length][horizon];
  }

  int size() {
    return experts.length;
  }

  /** How many there are before the correctors. */
  int needNoOthers() {
    return firstCorrector;
  }

  boolean hasCorrectors() {
    return firstCorrector < experts.length;
  }

  String name(int e) {
    return experts[e].name();
  }

  Expert[] experts() {
    return experts;
  }

  /** Whether all steps of an expert's forecast are always equal. */
  boolean isFlat(int e) {
    return flat[e];
  }

  /** What an expert forecasts for step i from 1. */
  double made(int e, int i) {
    return made[e][i - 1];
  }

  /** Before the first value, or before a season is learnt. */
  void begin() {
    for (int e = 0; e < experts.length; e++) {
      experts[e].begin(series.layout.shape, slice(e));
    }
  }

  /** Lets those that need no others learn from the newest value, and forecast. */
  void forecast() {
    for (int e = 0; e < firstCorrector; e++) {
      experts[e].observe(series.history, slice(e));
      experts[e].forecast(series.history, slice(e), made[e]);
      check(e);
    }
  }

  /**
   * Lets the correctors learn from the newest value, and forecast.
   *
   * @param mean (horizon), of the forecasts of the others
   */
  void correct(double[] mean) {
    for (int e = firstCorrector; e < experts.length; e++) {
      experts[e].observe(series.history, slice(e));
      ((Corrector) experts[e]).correct(series.history, slice(e), mean, made[e]);
      check(e);
    }
  }

  private void check(int e) {
    double newest = series.history.newest();
    double[] out = made[e];
    boolean sound = true;
    for (int i = 0; i < out.length; i++) {
      sound &= Double.isFinite(out[i]);
      if (!(Math.abs(out[i]) <= 4 * ValueRange.LARGEST)) {
        out[i] = newest;
      }
    }
    if (!sound) {
      restart(e);
    }
  }

  /** Lets one expert forget a memory that it can't make a forecast of. */
  private void restart(int e) {
    restarts++;
    StateLayout layout = series.layout;
    LearnerState memory = series.memory;
    boolean last = e == experts.length - 1;
    int doublesEnd = last ? layout.doubles : layout.expertDoubles[e + 1];
    int floatsEnd = last ? layout.floats : layout.expertFloats[e + 1];
    Arrays.fill(memory.doubles, layout.expertDoubles[e], doublesEnd, 0);
    Arrays.fill(memory.floats, layout.expertFloats[e], floatsEnd, 0);
    experts[e].begin(layout.shape, slice(e));
  }

  private ExpertState slice(int e) {
    StateLayout layout = series.layout;
    LearnerState memory = series.memory;
    return slice.at(memory.doubles, layout.expertDoubles[e], memory.floats, layout.expertFloats[e]);
  }

  /** How often one of them began anew, for all series. */
  long restarts() {
    return restarts;
  }

  /** Updates of networks left out so far, for all series: see {@link Expert#skippedUpdates}. */
  long skippedUpdates() {
    long sum = 0;
    for (Expert expert : experts) {
      sum += expert.skippedUpdates();
    }
    return sum;
  }
}
