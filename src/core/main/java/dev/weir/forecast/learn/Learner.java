package dev.weir.forecast.learn;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.forecast.Score;
import dev.weir.forecast.candidate.CandidateNetwork;
import dev.weir.forecast.candidate.Candidates;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.score.DistributionScorer;
import dev.weir.forecast.stage.ExpertBlend;
import dev.weir.forecast.stage.NetworkStage;
import dev.weir.forecast.stage.OutsideStage;
import dev.weir.forecast.stage.RunningScores;
import dev.weir.forecast.stage.ValueRange;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.BuiltInModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns series while they come in, and forecasts them: a mixture of {@link Expert}s whose weights
 * follow their errors, with intervals whose width follows theirs; see {@link Chain}.
 *
 * <p>{@link #observe} does, in this order: score the open forecasts of this value, learn from them,
 * let the experts learn, make the next forecasts. So a forecast depends only on values up to its
 * origin. {@link #forecast} reads what was made.
 *
 * <p>A flyweight: what is known of a series is in its {@link LearnerState}; one learner serves all
 * series of a task. Each method points the learner's slots at the state that it is given. Not
 * thread-safe. Allocates nothing for a value, except when a series' season is found or changes.
 *
 * <p>Hostile values do no lasting harm: sizes beyond 1e30 are learned as 1e30; a value more than 30
 * deviations out is learned as that far out, and answered with itself; when a series calms down to
 * a hundred-thousandth of its former range, it is restarted. See {@link ValueRange}.
 */
public final class Learner {

  private static final double[] NONE = {};

  /**
   * Daily values from which on a year is learned: one to know it, and some to see whether it is.
   */
  private static final int YEAR_AFTER = 400;

  private final LearnerSettings settings;
  private final int horizon;
  private final int levels;
  private final LearnerParts plain;
  private final boolean findsYear; // whether daily values get a second season once it pays
  private LearnerParts yearly; // of these series; null until there is one
  private LearnerParts parts; // of the series that was bound last
  private CandidateNetwork network; // null for none
  private LatestScores newest;
  private final SeasonDetector detector = new SeasonDetector();
  private long restarts;
  private final double[] observed; // (observed covariates), scratch
  private Bounds bounds = Bounds.NONE;

  public Learner(LearnerSettings settings) {
    this(settings, List.of());
  }

  /**
   * Combines with the built-in network, where a network is to combine.
   *
   * @param own experts beside those that the settings name
   */
  public Learner(LearnerSettings settings, List<Expert> own) {
    this(settings, own, settings.combines() ? CandidateNetwork.of(BuiltInModels.weir()) : null);
  }

  /**
   * @param network that makes the last forecast out of those of the others; null for none yet
   */
  public Learner(LearnerSettings settings, List<Expert> own, CandidateNetwork network) {
    this.settings = settings;
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    this.observed = new double[settings.covariates().observed()];
    this.plain = new LearnerParts(settings, own, network);
    this.parts = plain;
    this.newest = plain.chain.newest();
    this.network = network;
    this.findsYear =
        settings.secondSeason() == LearnerSettings.NONE
            && !settings.isAlone()
            && settings.covariates().all() == 0
            && settings.outside().count() == 0
            && own.isEmpty();
  }

  /**
   * What follows the candidates' errors, bound to the series that was observed last: the training
   * of a network reads its inputs there.
   */
  public Candidates candidates() {
    return parts.chain.stage(NetworkStage.class).candidates();
  }

  /** Combines with another network from now on; only where the settings say that one combines. */
  public void use(CandidateNetwork network) {
    this.network = network;
    plain.chain.stage(NetworkStage.class).use(network);
    if (yearly != null) {
      yearly.chain.stage(NetworkStage.class).use(network);
    }
  }

  /**
   * Keeps all forecasts and intervals within bounds; without bounds by default. Values are learned
   * as they come, also those that are outside.
   */
  public void bound(Bounds of) {
    bounds = of;
    plain.bound(of);
    if (yearly != null) {
      yearly.bound(of);
    }
  }

  /** Whether series keep {@link LearnerState#distributions}; by default they do not. */
  public void scoreDistributions(boolean whether) {
    plain.chain.scoresDistributions = whether;
    if (yearly != null) {
      yearly.chain.scoresDistributions = whether;
    }
  }

  /** Reads {@link LearnerState#distributions}. */
  public DistributionScorer distributionScorer() {
    return plain.chain.scorer;
  }

  public LearnerSettings settings() {
    return settings;
  }

  public int horizon() {
    return horizon;
  }

  /** Of the series that was observed last, as {@link #expertName}. */
  public int experts() {
    return parts.ensemble.size();
  }

  public String expertName(int e) {
    return parts.ensemble.name(e);
  }

  /**
   * An empty state for a new series.
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
    LearnerState learned = plain.empty(auto ? 1 : season, auto);
    bind(learned);
    parts.history.seed(Seeds.of(series));
    parts.reset(0);
    return learned;
  }

  /** Whether a restored state was written by a learner with these settings. */
  public boolean fits(LearnerState learned) {
    LearnerParts of = partsOf(learned);
    return of != null && of.fits(learned);
  }

  /**
   * As {@link #fits(LearnerState)}, and whether the season is the given one, or is found in the
   * data if that is asked for.
   */
  public boolean fits(LearnerState learned, int season) {
    return fits(learned)
        && (season == LearnerSettings.AUTO
            ? learned.needsSeason()
            : learned.hasGivenSeason() && learned.season() == season);
  }

  /**
   * A state for a series that was learned with other settings: its newest values, as far back as
   * they were kept, are learned again. Index, seed and a season that was found are those of before.
   *
   * @param season as in {@link #newSeries}
   * @return null when there is nothing in it that can be read
   */
  public LearnerState relearn(LearnerState old, int season) {
    double[] values = old.values();
    if (values == null || values.length == 0) {
      return null;
    }
    boolean found = season == LearnerSettings.AUTO && old.needsSeason();
    int first = season == LearnerSettings.AUTO ? 1 : season;
    if (found && old.hasSeasonUpTo(LearnerSettings.EXACT_LIMIT / 2)) {
      first = old.season();
    }
    boolean auto = season == LearnerSettings.AUTO;
    LearnerState learned = relearn(plain, old, first, auto, values);
    return learned == null || !needsYear() ? learned : relearn(yearly(), old, first, auto, values);
  }

  private LearnerState relearn(
      LearnerParts by, LearnerState old, int season, boolean auto, double[] values) {
    parts = by;
    LearnerState learned = by.empty(season, auto);
    by.bind(learned);
    by.chain.clock(0, 0, 0); // when these values were is not known
    by.history.seed(History.seed(old.longs()));
    by.spacing.copy(old.doubles(), old.spacing());
    by.reset(old.count() - values.length);
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return null;
      }
      take(ValueRange.bounded(value), NONE, NONE);
    }
    double newest = values[values.length - 1];
    by.observed(old.time(), newest, newest);
    return learned;
  }

  private LearnerParts bind(LearnerState learned) {
    LearnerParts of = partsOf(learned);
    if (of == null) {
      throw new IllegalArgumentException(
          "memory: expected one of a learner with the same settings, got another");
    }
    parts = of;
    of.bind(learned);
    return of;
  }

  /** Those that a state is of; null if it is of other settings. */
  private LearnerParts partsOf(LearnerState learned) {
    if (plain.isOne(learned)) {
      return plain;
    }
    boolean may = findsYear && learned.isComplete() && learned.needsSeason();
    return may && yearly().isOne(learned) ? yearly : null;
  }

  private LearnerParts yearly() {
    if (yearly == null) {
      LearnerSettings two = settings.withSecondSeason(ObservationSpacing.YEAR);
      yearly = new LearnerParts(two, List.of(), network);
      yearly.bound(bounds);
      yearly.chain.scoresDistributions = plain.chain.scoresDistributions;
    }
    return yearly;
  }

  /**
   * Takes in the next value of a series.
   *
   * @param time in milliseconds; where values come regularly it tells how many are in a day
   * @throws IllegalArgumentException when the value is not a finite number
   */
  public void observe(LearnerState learned, long time, double value) {
    observe(learned, time, value, NONE, NONE);
  }

  /**
   * The same, with covariates.
   *
   * @param observed (observed covariates) of the value's time; NaN for unknown
   * @param ahead (steps, covariates known ahead) of the times after it, row-major; NaN for unknown
   */
  public void observe(
      LearnerState learned, long time, double value, double[] observed, double[] ahead) {
    bind(learned);
    checkFinite(value);
    History history = parts.history;
    learnSpacing(time, history.age());
    parts.chain.clock(history.t() + 1, time, parts.spacing.regular());
    if (observe(time, value, history.age(), observed, ahead)) {
      addYear(learned, time);
    }
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
  public void observe(LearnerState learned, SequenceWindow window) {
    bind(learned);
    checkFinite(window.last());
    History history = parts.history;
    long passed = MissingValues.passed(history, window.missing(), parts.settings.secondSeason());
    long age = history.age();
    long left = window.missing() - passed; // the first ones, so that the last lead to the newest
    boolean fills = window.gap() == Gap.CARRY || window.gap() == Gap.LINEAR;
    for (long k = 1; k <= passed; k++) {
      int period = Math.max(history.season(), history.shape().week());
      pass(fills ? window.filled(left + k) : history.lag(1, period));
    }
    if (passed < window.missing()) { // what is under way was meant for other times
      parts.chain.dropIssued();
    }
    if (window.interval() > 0) {
      parts.spacing.set(window.interval());
    } else {
      learnSpacing(window.origin(), age);
    }
    parts.chain.clock(history.t() + 1, window.origin(), parts.spacing.regular());
    for (int k = 0; k < observed.length; k++) {
      observed[k] = window.feature(window.size() - 1, k);
    }
    if (observe(window.origin(), window.last(), age, observed, window.ahead())) {
      addYear(learned, window.origin());
    }
  }

  /**
   * Whether what was learned is of values as far apart as the window says, or of an unknown
   * spacing. A season of other steps would be another season.
   */
  public boolean isSpacedAs(LearnerState learned, SequenceWindow window) {
    long spacing = bind(learned).spacing.regular();
    return window.interval() == 0 || spacing == 0 || spacing == window.interval();
  }

  /**
   * How many indices the series goes on by before the window's newest value: what is missing, or a
   * part of it that leaves the phase as it should be where so many are missing that it pays.
   */
  public long passed(LearnerState learned, SequenceWindow window) {
    return MissingValues.passed(
        bind(learned).history, window.missing(), parts.settings.secondSeason());
  }

  private static void checkFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value: expected a finite number, got " + value);
    }
  }

  private void pass(double value) {
    History history = parts.history;
    history.append(ValueRange.tame(history, value));
    if (parts.covariates != null) {
      parts.covariates.advance(history.t());
    }
    parts.ensemble.forecast(history);
    parts.chain.skip(parts.age());
  }

  /**
   * @param before values before, without those just passed
   */
  private void learnSpacing(long time, long before) {
    if (before > 0) {
      parts.spacing.observe(time - parts.state().time(), before);
    }
  }

  /**
   * @param before values before, without those just passed
   * @return whether the series needs a second season from now on
   */
  private boolean observe(long time, double value, long before, double[] observed, double[] ahead) {
    History history = parts.history;
    double tamed = ValueRange.tame(history, value);
    if (ValueRange.isCalm(history, tamed)) {
      restart();
    }
    take(tamed, observed, ahead);
    if (!parts.chain.isSound()) {
      restarts++;
      parts.reset(history.t());
      take(tamed, observed, ahead);
    }
    parts.observed(time, value, tamed);
    newest = parts.chain.newest();
    boolean due =
        parts.state().needsSeason()
            && SeasonDetector.isDue(Math.min(before, history.age() - 1), history.age());
    if (due) {
      detectSeason();
    }
    return due && needsYear();
  }

  private void restart() {
    double[] values = new double[ValueRange.CALM_VALUES];
    long first = parts.history.t() - values.length + 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = parts.history.at(first + i);
    }
    parts.reset(first);
    for (double value : values) {
      take(value, NONE, NONE);
    }
  }

  private void take(double value, double[] observed, double[] ahead) {
    int age = parts.age();
    parts.chain.score(parts.state(), value, age);
    parts.history.append(value);
    if (parts.covariates != null) {
      takeCovariates(parts.covariates, parts.history.t(), observed, ahead);
    }
    parts.ensemble.forecast(parts.history);
    parts.row.ahead(ahead);
    parts.chain.make(value, age);
    parts.row.ahead(NONE);
  }

  /** Takes in the covariates of the newest value and those ahead of it. */
  private void takeCovariates(Covariates covariates, long t, double[] observed, double[] ahead) {
    covariates.advance(t);
    int first = settings.covariates().observed();
    int knownAhead = settings.covariates().ahead();
    int row = knownAhead + settings.outside().count();
    for (int k = 0; k < Math.min(first, observed.length); k++) {
      covariates.set(k, t, observed[k]);
    }
    for (int i = 0; i < Math.min(ahead.length, row * horizon); i++) {
      if (i % row < knownAhead) {
        covariates.set(first + i % row, t + 1 + i / row, ahead[i]);
      }
    }
    covariates.learn(t);
  }

  private void detectSeason() {
    double[] values = parts.history.values();
    int before = parts.history.season();
    int season = detector.season(values, values.length, before, parts.spacing.calendar());
    boolean fits =
        parts == plain
            ? 2 * season + horizon + 4 <= LearnerSettings.EXACT_LIMIT
            : 2 * season < ObservationSpacing.YEAR;
    if (season != before && fits) {
      changeSeason(season);
    }
  }

  /** Keeps what was learned of the mixture, and lets the experts learn the past again. */
  private void changeSeason(int season) {
    History history = parts.history;
    double[] values = history.values();
    parts.changeSeason(season, history.t() - values.length + 1);
    for (double value : values) {
      history.append(value);
      parts.ensemble.forecast(history);
    }
    parts.chain.make(history.newest(), parts.age());
  }

  /** Whether daily values have come for longer than a year, and no expert has learned a year. */
  private boolean needsYear() {
    return findsYear
        && parts == plain
        && parts.state().needsSeason()
        && parts.history.age() >= YEAR_AFTER
        && parts.spacing.isDaily()
        && 2 * parts.history.season() < ObservationSpacing.YEAR;
  }

  /**
   * Lets other parts learn the kept values, which also know a year. The scores of what was issued,
   * and of what still waits for its truth, stay.
   */
  private void addYear(LearnerState learned, long time) {
    LearnerParts before = bind(learned);
    double[] values = before.history.values();
    LearnerState with = relearn(yearly(), learned, before.history.season(), true, values);
    if (with == null) { // the state was damaged
      return;
    }
    yearly.slots.keepOverExperts(before.slots);
    learned.become(with);
    bind(learned);
    parts.chain.clock(parts.history.t(), time, parts.spacing.regular());
    parts.chain.make(parts.history.newest(), parts.age());
  }

  /**
   * The forecast made at the newest value. Before the first value: zeros.
   *
   * @param values (horizon); overwritten
   * @param lower (levels, horizon), lower ends of each level's interval; or null
   * @param upper as lower
   */
  public void forecast(LearnerState learned, double[] values, double[][] lower, double[][] upper) {
    bind(learned);
    boolean hasValues = parts.history.age() > 0;
    boolean outlier = parts.state().isOutlier();
    double anchor = parts.newest();
    double frequent = bounds.value(parts.chain.intervals.frequent(parts.history.t()));
    for (int i = 1; i <= horizon; i++) {
      double value = bounds.value(anchor + (hasValues && !outlier ? parts.chain.issued(i) : 0));
      values[i - 1] = value;
      if (lower == null && upper == null) {
        continue;
      }
      double[] ends = parts.chain.ends(i);
      double beyond = beyond(value);
      for (int k = 0; k < levels; k++) {
        if (lower != null) {
          double end = ends[levels - 1 - k];
          lower[k][i - 1] = hasValues ? lower(value, end, beyond, frequent) : value;
        }
        if (upper != null) {
          double end = ends[levels + 1 + k];
          upper[k][i - 1] = hasValues ? upper(value, end, beyond, frequent) : value;
        }
      }
    }
  }

  /**
   * The forecast made at the newest value, with intervals once one has met its truth. The mean is
   * its value plus the mean error lately, which is larger when errors are expected to be: in the
   * same proportion as the intervals are wider.
   */
  public Steps steps(LearnerState learned) {
    double[] values = new double[horizon];
    double[][] lower = new double[levels][horizon];
    double[][] upper = new double[levels][horizon];
    forecast(learned, values, lower, upper);
    double[] mean = values.clone();
    long t = parts.history.t();
    boolean knows = parts.history.age() > 0 && !parts.state().isOutlier();
    for (int i = 1; i <= horizon && knows; i++) {
      double scale = parts.chain.intervals.expectedError(t, i);
      double expected = values[i - 1] + parts.row.scores.bias(i) * scale;
      if (Double.isFinite(expected)) { // else the state was damaged
        mean[i - 1] = Math.max(bounds.min(), Math.min(bounds.max(), expected));
      }
    }
    List<Interval> intervals = new ArrayList<>(levels);
    boolean scored = scored(learned, 1) > 0; // before, nothing is known of the errors
    for (int k = 0; k < levels && scored; k++) {
      intervals.add(new Interval(settings.levels().get(k), lower[k], upper[k]));
    }
    return new Steps(values, mean, intervals);
  }

  /** Of the covariates known ahead, how many numbers the newest forecast did not know. */
  public int missingCovariates(LearnerState learned) {
    Covariates covariates = bind(learned).covariates;
    return covariates == null ? 0 : covariates.missing(parts.history.t());
  }

  /**
   * The forecast of step 1 that was made at the newest value, as {@link #forecast} gives it, with
   * its narrowest interval.
   *
   * @param target (4) the forecast, NaN before the first value; half the width of the interval and
   *     its ends, NaN while no forecast has been scored; overwritten
   */
  public void next(LearnerState learned, double[] target) {
    bind(learned);
    Arrays.fill(target, Double.NaN);
    if (parts.history.age() == 0) {
      return;
    }
    double value =
        bounds.value(parts.newest() + (parts.state().isOutlier() ? 0 : parts.chain.issued(1)));
    target[0] = value;
    if (levels > 0 && parts.row.scores.count(1) > 0) {
      double[] ends = parts.chain.ends(1);
      double frequent = bounds.value(parts.chain.intervals.frequent(parts.history.t()));
      target[2] = lower(value, ends[levels - 1], beyond(value), frequent);
      target[3] = upper(value, ends[levels + 1], beyond(value), frequent);
      target[1] = target[3] / 2 - target[2] / 2;
    }
  }

  /**
   * The value a whole number of seasons before the one that comes next.
   *
   * @param least values that it is before that one, at least
   * @param target (2) the value, NaN if it is not kept, and how many values before; overwritten
   */
  public void seasonsBefore(LearnerState learned, int least, double[] target) {
    History history = bind(learned).history;
    int season = Math.max(1, history.season());
    int lag = season * ((least + season - 1) / season);
    long index = history.t() + 1 - lag;
    boolean isKept = index >= history.start() && history.has(index);
    target[0] = isKept ? history.at(index) : Double.NaN;
    target[1] = lag;
  }

  private double lower(double value, double end, double beyond, double frequent) {
    double bounded = bounds.lower(finite(value + end - beyond));
    return frequent < bounded ? frequent : bounded;
  }

  private double upper(double value, double end, double beyond, double frequent) {
    double bounded = bounds.upper(finite(value + end + beyond));
    return frequent > bounded ? frequent : bounded;
  }

  /** How far a forecast is outside of what is learned, where nothing is known of its errors. */
  private static double beyond(double value) {
    return Math.abs(value - ValueRange.bounded(value));
  }

  private static double finite(double end) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, end));
  }

  /**
   * What the forecast of step 1 consists of that {@link #forecast} gave for the series that was
   * observed last. Null before the first value.
   *
   * @param value the forecast
   * @param covariates names, observed ones first
   */
  public Explanation explain(LearnerState learned, double value, List<String> covariates) {
    bind(learned);
    return parts.history.age() == 0 ? null : ForecastExplainer.explain(parts, value, covariates);
  }

  /** How often a series or an expert of it was reset because its state was not finite. */
  public long restarts() {
    return restarts + plain.ensemble.restarts() + (yearly == null ? 0 : yearly.ensemble.restarts());
  }

  /**
   * The newest forecast of one expert alone, for step i from 1, of the series that was observed
   * last.
   */
  public double expertForecast(int e, int i) {
    return parts.ensemble.forecast(e, i);
  }

  /** The share of an expert in the weighted mean of step i, within [0, 1]. */
  public double share(LearnerState learned, int e, int i) {
    bind(learned);
    return parts.chain.stage(ExpertBlend.class).share(parts.row, e, i);
  }

  /** The running error of an expert at step i, about 50 values deep. */
  public double runningError(LearnerState learned, int e, int i) {
    bind(learned);
    return parts.chain.stage(ExpertBlend.class).runningError(parts.row, e, i);
  }

  /**
   * The mean absolute errors since the series began, over the values and followed steps that an
   * outside model said something of: its own, with its share in the forecast made last, that of the
   * forecasts, and what theirs had been without any outside model. None before the first error.
   *
   * @param model its number in {@link LearnerSettings#outside}
   */
  public List<Score.Method> outsideScores(LearnerState learned, int model) {
    double share = 0;
    for (int i = 1; i <= horizon; i++) {
      share += outsideShare(learned, model, i) / horizon;
    }
    OutsideStage outside = parts.chain.stage(OutsideStage.class);
    String name = settings.outside().names().get(model);
    double error = outside.error(model, OutsideStage.ERROR);
    return Double.isNaN(error)
        ? List.of()
        : List.of(
            new Score.Method(Score.Method.OUTSIDE + name, error, share),
            new Score.Method(
                Score.Method.WEIR_ON + name, outside.error(model, OutsideStage.ISSUED), 0),
            new Score.Method(
                Score.Method.WITHOUT_OUTSIDE_ON + name,
                outside.error(model, OutsideStage.WITHOUT),
                0));
  }

  /** The share of an outside model in the forecast of step i made last, within [0, 1]. */
  public double outsideShare(LearnerState learned, int model, int i) {
    bind(learned);
    return parts.chain.stage(OutsideStage.class).share(parts.row, model, i);
  }

  /** What the newest value said of the forecasts of it; valid until the next value. */
  public LatestScores newest() {
    return newest;
  }

  /**
   * Steps that are scored, those of {@link LearnerState#distributions}; others have the nearest's.
   */
  public FollowedSteps scoredSteps() {
    return plain.chain.scored;
  }

  /** Forecasts of step i that have met their truth. */
  public long scored(LearnerState learned, int i) {
    return bind(learned).row.scores.count(i);
  }

  /** Our mean absolute error at step i since the series began; NaN before the first. */
  public double meanError(LearnerState learned, int i) {
    return bind(learned).row.scores.mean(RunningScores.OURS, i);
  }

  /** The same of "repeat the newest value". */
  public double naiveError(LearnerState learned, int i) {
    return bind(learned).row.scores.mean(RunningScores.NAIVE, i);
  }

  /** The same of "repeat the value of a season ago". */
  public double seasonalNaiveError(LearnerState learned, int i) {
    return bind(learned).row.scores.mean(RunningScores.SEASONAL_NAIVE, i);
  }

  /** The share of truths at step i within the interval of a level, by its number from 0. */
  public double coverage(LearnerState learned, int level, int i) {
    return bind(learned).row.scores.mean(RunningScores.HITS + level, i);
  }
}
