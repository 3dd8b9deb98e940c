package dev.weir.forecast;

import dev.weir.forecast.Sampling.Gap;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns series while they come in, and forecasts them: a mixture of {@link Expert}s whose weights
 * follow their errors, with intervals whose width follows theirs; see {@link Mixture}.
 *
 * <p>{@link #observe} does, in this order: score the open forecasts of this value, learn from them,
 * let the experts learn, make the next forecasts. So a forecast depends only on values up to its
 * origin. {@link #forecast} reads what was made.
 *
 * <p>A flyweight: what is known of a series lies in its {@link LearnerState}; one learner serves
 * all series of a task. Not thread-safe. Allocates nothing for a value, except when a series'
 * season is found or changes.
 *
 * <p>Nothing that comes in makes it forget how to count: sizes beyond 1e30 are learnt as 1e30; a
 * value more than 30 deviations out is learnt as that far out, and answered with itself; when a
 * series calms down to a hundred-thousandth of its former range, it is learnt anew. See {@link
 * ValueRange}.
 */
public final class Learner {

  private final LearnerSettings settings;
  private final int horizon;
  private final int levels;
  private final CurrentSeries series = new CurrentSeries();
  private final History history = series.history;
  private final ExpertPanel panel;
  private final RunningScores scores;
  private final Mixture mixture;
  private final StateLayouts layouts;
  private final SeasonDetector detector = new SeasonDetector();
  private long restarts;

  public Learner(LearnerSettings settings) {
    this(settings, List.of());
  }

  /**
   * @param own experts beside those that the settings name
   */
  public Learner(LearnerSettings settings, List<Expert> own) {
    this.settings = settings;
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    List<Expert> all =
        new ArrayList<>(
            Experts.create(
                settings.experts(),
                settings.analogWindow(),
                settings.analogNeighbours(),
                settings.tail(),
                settings.training()));
    all.addAll(own);
    this.panel = new ExpertPanel(series, all, horizon);
    this.scores = new RunningScores(series, horizon, levels);
    this.mixture = new Mixture(settings, series, panel, scores);
    this.layouts = new StateLayouts(settings, panel.experts(), mixture);
  }

  public LearnerSettings settings() {
    return settings;
  }

  public int horizon() {
    return horizon;
  }

  public int experts() {
    return panel.size();
  }

  public String expertName(int e) {
    return panel.name(e);
  }

  /**
   * An empty memory for a new series.
   *
   * @param series its name; all randomness follows from it
   * @param season observations in a season, {@link LearnerSettings#NONE} or {@link
   *     LearnerSettings#AUTO}
   */
  public LearnerState newSeries(String series, int season) {
    if (season < 0) {
      throw new IllegalArgumentException("season: expected at least 0, got " + season);
    }
    boolean auto = season == LearnerSettings.AUTO;
    LearnerState memory = layouts.empty(auto ? 1 : season, auto);
    attach(memory);
    history.seed(Seeds.of(series));
    begin(0);
    return memory;
  }

  /** Whether a restored memory was written by a learner with these settings. */
  public boolean fits(LearnerState memory) {
    return layouts.fits(memory);
  }

  /**
   * As {@link #fits(LearnerState)}, and whether the season is the wanted one, or is found in the
   * data if that is wanted.
   */
  public boolean fits(LearnerState memory, int season) {
    return fits(memory)
        && (season == LearnerSettings.AUTO
            ? memory.longs[LearnerState.DETECT] == 1
            : memory.longs[LearnerState.DETECT] == 0 && memory.season() == season);
  }

  /**
   * A memory for a series that was learnt with other settings, or by an older version: its newest
   * values, as far back as they were kept, are learnt again. Index, seed and a season that was
   * found are those of before.
   *
   * @param season as in {@link #newSeries}
   * @return null when there is nothing in it that can be read
   */
  public LearnerState relearn(LearnerState old, int season) {
    if (old.longs.length != LearnerState.LONGS + History.LONGS
        || old.longs[LearnerState.FORMAT] != LearnerState.HISTORY_FORMAT) {
      return null;
    }
    double[] values = History.values(old.longs, LearnerState.LONGS, old.doubles, old.floats);
    if (values == null || values.length == 0) {
      return null;
    }
    boolean found = season == LearnerSettings.AUTO && old.longs[LearnerState.DETECT] == 1;
    long first = season == LearnerSettings.AUTO ? 1 : season;
    if (found && old.season() >= 1 && old.season() <= settings.exactLimit() / 2) {
      first = old.season();
    }
    LearnerState memory = layouts.empty((int) first, season == LearnerSettings.AUTO);
    attach(memory);
    history.seed(History.seed(old.longs, LearnerState.LONGS));
    int spacing = series.layout.spacing; // it lies there in any layout
    if (old.doubles.length >= spacing + Spacing.DOUBLES) {
      Spacing.copy(old.doubles, memory.doubles, spacing);
    }
    begin(old.count() - values.length);
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return null;
      }
      take(ValueRange.bounded(value));
    }
    memory.doubles[series.layout.raw] = values[values.length - 1];
    memory.longs[LearnerState.TIME] = old.longs[LearnerState.TIME];
    return memory;
  }

  private void attach(LearnerState memory) {
    if (!layouts.isOne(memory)) {
      throw new IllegalArgumentException(
          "memory: expected one of a learner with the same settings, got another");
    }
    int season = (int) memory.longs[LearnerState.SEASON];
    boolean same = series.layout != null && series.season() == season;
    series.attach(memory, same ? series.layout : layouts.of(season));
  }

  /**
   * Everything as it was before the first value, which has the given index; but how far apart
   * values are does not depend on what they are.
   */
  private void begin(long index) {
    LearnerState memory = series.memory;
    int spacing = series.layout.spacing;
    Spacing.copy(memory.doubles, memory.doubles, spacing);
    Arrays.fill(memory.doubles, 0, spacing, 0);
    Arrays.fill(memory.doubles, spacing + Spacing.DOUBLES, memory.doubles.length, 0);
    Arrays.fill(memory.floats, 0);
    memory.longs[LearnerState.BEGUN] = index;
    memory.longs[LearnerState.WILD] = 0;
    mixture.begin();
    beginSeason(index);
  }

  private void beginSeason(long index) {
    history.begin(index);
    mixture.beginSeason();
    panel.begin();
  }

  /**
   * Takes in the next value of a series.
   *
   * @param time in milliseconds; where values come regularly it tells how many are in a day
   * @throws IllegalArgumentException when the value is not a finite number
   */
  public void observe(LearnerState memory, long time, double value) {
    attach(memory);
    observe(time, value, history.age(), 0);
  }

  /**
   * Takes in the newest value of a window, after going past what is missing before it (where the
   * window's {@link Sampling} says that something is): the experts move on by one index for each
   * missing value, so that seasons keep their phase, with the value that was filled in or, where
   * none was, with that of a week or a season before. Such values are never scored, nor is a
   * forecast made at one.
   *
   * @throws IllegalArgumentException when the value is not a finite number
   */
  public void observe(LearnerState memory, SequenceWindow window) {
    long passed = passed(memory, window);
    long age = history.age();
    long left = window.missing() - passed; // the first ones, so that the last lead to the newest
    boolean fills = window.gap() == Gap.CARRY || window.gap() == Gap.LINEAR;
    for (long k = 1; k <= passed; k++) {
      int period = Math.max(history.season(), history.shape().week());
      pass(fills ? window.filled(left + k) : history.lag(1, period));
    }
    if (passed < window.missing()) { // what is under way was meant for other times
      mixture.dropOpen();
    }
    observe(window.origin(), window.last(), age, window.interval());
  }

  /**
   * Whether what was learnt is of values as far apart as the window says, or of an unknown spacing.
   * A season of other steps would be another season.
   */
  public boolean isSpacedAs(LearnerState memory, SequenceWindow window) {
    attach(memory);
    long known = spacing();
    return window.interval() == 0 || known == 0 || known == window.interval();
  }

  /** The series' step of time in milliseconds; 0 when there is no regular one. */
  private long spacing() {
    return Spacing.regular(series.memory.doubles, series.layout.spacing);
  }

  /**
   * How many indices the series goes on by before the window's newest value: what is missing, or a
   * part of it that leaves the phase as it should be where so many are missing that it pays.
   */
  public long passed(LearnerState memory, SequenceWindow window) {
    attach(memory);
    return MissingValues.passed(history, window.missing());
  }

  /** Goes on to the next index, with a value that nobody has seen. */
  private void pass(double value) {
    history.append(ValueRange.tame(history, value));
    learnAndMake();
    mixture.skip();
  }

  /**
   * @param before values before, without those just passed
   * @param interval 0 when none is given
   */
  private void observe(long time, double value, long before, long interval) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value: expected a finite number, got " + value);
    }
    LearnerState memory = series.memory;
    int spacing = series.layout.spacing;
    if (interval > 0) {
      Spacing.set(memory.doubles, spacing, interval);
    } else if (before > 0) {
      Spacing.observe(memory.doubles, spacing, time - memory.longs[LearnerState.TIME], before);
    }
    double tamed = ValueRange.tame(history, value);
    if (ValueRange.isCalm(history, tamed)) {
      learnAnew();
    }
    take(tamed);
    if (!mixture.isSound()) {
      restarts++;
      begin(history.t());
      take(tamed);
    }
    memory.doubles[series.layout.raw] = value;
    memory.longs[LearnerState.WILD] = tamed == value ? 0 : 1;
    memory.longs[LearnerState.TIME] = time;
    if (memory.longs[LearnerState.DETECT] == 1
        && SeasonDetector.isDue(Math.min(before, history.age() - 1), history.age())) {
      detectSeason();
    }
  }

  /** Begins with the newest values as the first. */
  private void learnAnew() {
    double[] values = new double[ValueRange.CALM_VALUES];
    long first = history.t() - values.length + 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = history.at(first + i);
    }
    begin(first);
    for (double value : values) {
      take(value);
    }
  }

  private void take(double value) {
    scores.newest().clear();
    mixture.score(value);
    history.append(value);
    learnAndMake();
    mixture.make(value);
  }

  private void learnAndMake() {
    panel.forecast();
    if (panel.hasCorrectors()) {
      panel.correct(mixture.meanForCorrectors());
    }
  }

  private void detectSeason() {
    double[] values = history.values();
    int known = series.season();
    int season = detector.detect(values, values.length, known, Spacing.calendar(spacing()));
    if (season != known && 2 * season + horizon + 4 <= settings.exactLimit()) {
      changeSeason(season);
    }
  }

  /** Keeps what was learnt of the mixture, and lets the experts learn the past again. */
  private void changeSeason(int season) {
    double[] values = history.values();
    LearnerState memory = series.memory;
    LearnerState old = new LearnerState(memory.longs, memory.doubles, memory.floats);
    StateLayout after = layouts.of(season);
    memory.doubles = new double[after.doubles];
    memory.floats = new float[after.floats];
    after.copyMixture(old, series.layout, memory); // still the layout of before
    memory.longs[LearnerState.SEASON] = season;
    attach(memory);
    beginSeason(history.t() - values.length + 1);
    for (double value : values) {
      history.append(value);
      learnAndMake();
    }
    mixture.make(history.newest());
  }

  /**
   * The forecast made at the newest value. Before the first value: zeros.
   *
   * @param values (horizon); overwritten
   * @param lower (levels, horizon), lower ends of each level's interval; or null
   * @param upper as lower
   */
  public void forecast(LearnerState memory, double[] values, double[][] lower, double[][] upper) {
    attach(memory);
    boolean known = history.age() > 0;
    boolean wild = memory.longs[LearnerState.WILD] == 1;
    double anchor = memory.doubles[series.layout.raw];
    for (int i = 1; i <= horizon; i++) {
      double value = anchor + (known && !wild ? mixture.issued(i) : 0);
      values[i - 1] = value;
      for (int k = 0; k < levels; k++) {
        if (lower != null) {
          lower[k][i - 1] = known ? bounded(value + mixture.end(i, k, false)) : 0;
        }
        if (upper != null) {
          upper[k][i - 1] = known ? bounded(value + mixture.end(i, k, true)) : 0;
        }
      }
    }
  }

  private static double bounded(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }

  /** Updates of networks left out so far, for all series: see {@link Expert#skippedUpdates}. */
  public long skippedUpdates() {
    return panel.skippedUpdates();
  }

  /** How often a series or an expert of it was begun anew because its memory held no numbers. */
  public long restarts() {
    return restarts + panel.restarts();
  }

  /** The newest forecast of one expert alone, for step i from 1. */
  public double expertForecast(LearnerState memory, int e, int i) {
    attach(memory);
    return history.newest() + mixture.said(e, history.t(), i);
  }

  /** The share of an expert in the weighted mean of step i, within [0, 1]. */
  public double share(LearnerState memory, int e, int i) {
    attach(memory);
    return mixture.share(e, i);
  }

  /** The share of the stacked regression in the forecast of step i; 0 without one. */
  public double stackShare(LearnerState memory, int i) {
    attach(memory);
    return mixture.stackShare(i);
  }

  /** The running error of an expert at step i, about 50 values deep. */
  public double runningError(LearnerState memory, int e, int i) {
    attach(memory);
    return mixture.runningError(e, i);
  }

  /** What the newest value said of the forecasts of it; the same object each time. */
  public Scored newest() {
    return scores.newest();
  }

  /** Forecasts of step i that have met their truth. */
  public long scored(LearnerState memory, int i) {
    attach(memory);
    return scores.count(i);
  }

  /** Our mean absolute error at step i since the series began; NaN before the first. */
  public double meanError(LearnerState memory, int i) {
    return mean(memory, RunningScores.OURS, i);
  }

  /** The same of "repeat the newest value". */
  public double naiveError(LearnerState memory, int i) {
    return mean(memory, RunningScores.NAIVE, i);
  }

  /** The same of "repeat the value of a season ago". */
  public double seasonalNaiveError(LearnerState memory, int i) {
    return mean(memory, RunningScores.SEASONAL_NAIVE, i);
  }

  /** The share of truths at step i within the interval of a level, by its number from 0. */
  public double coverage(LearnerState memory, int level, int i) {
    return mean(memory, RunningScores.HITS + level, i);
  }

  private double mean(LearnerState memory, int row, int i) {
    attach(memory);
    return scores.mean(row, i);
  }
}
