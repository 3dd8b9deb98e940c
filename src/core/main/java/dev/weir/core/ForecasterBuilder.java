package dev.weir.core;

import static dev.weir.core.Checks.check;
import static dev.weir.core.Checks.given;
import static dev.weir.core.Checks.within;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.engine.CovariateRule;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.LearnerSize;
import dev.weir.forecast.engine.LearningPlan;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.recurrent.NetworkTraining;
import dev.weir.forecast.explanation.ExplanationSettings;
import dev.weir.forecast.learn.Experts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * The settings of a {@link Forecaster}. Defaults are those of a job, and the option of a job file
 * that means the same is named at each. Methods check what they are given, {@link #build} what does
 * not go together; both throw {@link IllegalArgumentException} with one line.
 *
 * <pre>{@code
 * Forecaster forecaster =
 *     Forecaster.builder()
 *         .horizon(24)
 *         .interval(Duration.ofHours(1))
 *         .season(24)
 *         .min(0)
 *         .alarms(Alarms.DEFAULT)
 *         .build();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class ForecasterBuilder {

  /** Values in a window where neither the user nor a model says it, as in a job. */
  static final int DEFAULT_SEQ_LEN = 5;

  private static final int DEFAULT_MAX_FILL = 100;
  private static final int MAX_FILL = 10_000;
  private static final Duration LONGEST = Duration.ofDays(3650); // 24 hours each
  private static final int MAX_FEATURES = 1_000;
  private static final int MAX_LEVELS = 10;

  /** Values in a forecast of a mixture. */
  private static final int MAX_LEARNED = 1_000;

  private static final String SOME_EXPERTS = "some of " + Experts.all();

  /** A score is made when it is asked for, never after a number of values; its sums are kept. */
  private static final int SCORES_EVERY = Integer.MAX_VALUE;

  /** How much memory and time a series may take. */
  public enum Size {
    /** A few experts and no network. */
    SMALL,
    /** As a job has it unless told otherwise. */
    DEFAULT,
    /** The longest memory and a larger network. */
    FULL
  }

  /** What becomes of missing values, once a later one has come. */
  public enum Gap {
    /** Nothing is made up: the window starts again, what was learned stays, seasons go on. */
    SKIP,
    /** Each is taken to be as the last one before. */
    CARRY,
    /** Each is taken to lie on the straight line between its neighbors. */
    LINEAR,
    /** The series starts again: its window, and what was learned of it. */
    RESET
  }

  private Integer horizon;
  private Integer window;
  private int season = LearnerSettings.AUTO;
  private int secondSeason = LearnerSettings.NONE;
  private Duration interval;
  private Gap gap;
  private Integer maxFill;
  private int features;
  private int featuresAhead;
  private Boolean learnsCovariates; // null: by default, if there are not too many
  private List<Double> levels = List.of(0.8, 0.95);
  private Size size = Size.DEFAULT;
  private List<String> experts;
  private boolean learning = true;
  private Double min;
  private Double max;
  private boolean integer;
  private Alarms alarms;
  private boolean explain;
  private ZoneId zone = ZoneId.of("UTC");
  private final ModelOptions model = new ModelOptions();

  ForecasterBuilder() {}

  /**
   * Values in a forecast ({@code forecast.many-to-one.horizon}), 1 to 1,000; to 4,096 where a model
   * forecasts alone. Needed, unless a model says it.
   */
  public ForecasterBuilder horizon(int steps) {
    horizon = within("horizon", steps, 1, ForecastModel.MAX_HORIZON);
    return this;
  }

  /**
   * Values in a season, such as 24 of hourly values with a daily rhythm; 1 for none ({@code
   * season}). By default it is found in the data.
   */
  public ForecasterBuilder season(int values) {
    season = within("season", values, 1, SeasonCounts.MAX_FIRST);
    secondSeason = LearnerSettings.NONE;
    return this;
  }

  /**
   * Two seasons, such as a week and a year of daily values: 7 and 365 ({@code season: [7, 365]}).
   */
  public ForecasterBuilder seasons(int first, int second) {
    season(first);
    try {
      secondSeason = new SeasonCounts(first, second).second();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("seasons: " + e.getMessage());
    }
    return this;
  }

  /**
   * Values in a window, 1 to 4,096 ({@code window.seq-len}): what a model reads, and after how many
   * values the status of forecasts is OK. By default that of the model, or 5.
   */
  public ForecasterBuilder window(int values) {
    window = within("window", values, 1, ForecastModel.MAX_SEQ_LEN);
    return this;
  }

  /**
   * Time from one value to the next ({@code window.interval}); makes missing values noticed. By
   * default values follow each other, whatever their times, and the times of forecasts follow from
   * those of the newest values.
   *
   * @param from whole milliseconds, PT0.001S to P3650D
   */
  public ForecasterBuilder interval(Duration from) {
    boolean isSound =
        from != null
            && from.compareTo(Duration.ofMillis(1)) >= 0
            && from.compareTo(LONGEST) <= 0
            && from.toNanosPart() % 1_000_000 == 0;
    check(isSound, "interval", "whole milliseconds from PT0.001S to P3650D", from);
    interval = from;
    return this;
  }

  /** What becomes of missing values ({@code window.gap}); SKIP by default. Needs an interval. */
  public ForecasterBuilder gap(Gap what) {
    gap = given("gap", what);
    return this;
  }

  /**
   * Missing values in a row that CARRY and LINEAR fill in at most, 0 to 10,000; more are skipped
   * ({@code window.max-fill}). 100 by default. Needs one of these gaps.
   */
  public ForecasterBuilder maxFill(int values) {
    maxFill = within("maxFill", values, 0, MAX_FILL);
    return this;
  }

  /** Covariates observed with each value, 0 to 1,000 ({@code window.features}). */
  public ForecasterBuilder features(int count) {
    features = within("features", count, 0, MAX_FEATURES);
    return this;
  }

  /** Covariates known ahead, 0 to 20 ({@code window.features-ahead}). */
  public ForecasterBuilder featuresAhead(int count) {
    featuresAhead = within("featuresAhead", count, 0, CovariateRule.MAX);
    return this;
  }

  /** Whether the experts learn from the covariates ({@code learning.covariates}). */
  public ForecasterBuilder learnCovariates(boolean whether) {
    learnsCovariates = whether;
    return this;
  }

  /**
   * Shares of the truth that the intervals are meant to contain, ascending, at most 10 ({@code
   * intervals.levels}). By default 0.8 and 0.95.
   */
  public ForecasterBuilder levels(double... shares) {
    double last = 0;
    given("levels", shares);
    boolean ascending = shares.length >= 1 && shares.length <= MAX_LEVELS;
    for (double share : shares) {
      ascending &= share > last && share < 1;
      last = share;
    }
    if (!ascending) {
      throw new IllegalArgumentException(
          "levels: expected 1 to %d ascending numbers between 0 and 1, got %s"
              .formatted(MAX_LEVELS, Arrays.toString(shares)));
    }
    levels = Arrays.stream(shares).boxed().toList();
    return this;
  }

  /** How much memory and time a series may take ({@code learning.size}). */
  public ForecasterBuilder size(Size wanted) {
    size = given("size", wanted);
    return this;
  }

  /** The experts of the mixture by their names ({@code experts}); by default those of the size. */
  public ForecasterBuilder experts(String... names) {
    for (String name : given("experts", names)) {
      check(name != null && Experts.all().contains(name), "experts", SOME_EXPERTS, name);
    }
    experts = List.of(names);
    boolean each = new HashSet<>(experts).size() == experts.size() && !experts.isEmpty();
    check(each, "experts", SOME_EXPERTS + ", each once", experts);
    return this;
  }

  /**
   * Whether each series is learned from its own values ({@code learning}); true by default. Without
   * it a model is needed, which forecasts alone.
   */
  public ForecasterBuilder learning(boolean whether) {
    learning = whether;
    return this;
  }

  /** Least value of each series: no forecast and no interval is below it ({@code bounds.min}). */
  public ForecasterBuilder min(double value) {
    min = value;
    return this;
  }

  /** Greatest value of each series, as {@link #min} ({@code bounds.max}). */
  public ForecasterBuilder max(double value) {
    max = value;
    return this;
  }

  /** Values are whole numbers, such as counts ({@code bounds.integer}). */
  public ForecasterBuilder integer() {
    integer = true;
    return this;
  }

  /** Reports {@linkplain Forecast#incidents incidents} ({@code alarms: on}). */
  public ForecasterBuilder alarms(Alarms wanted) {
    alarms = given("alarms", wanted);
    return this;
  }

  /** Says what each forecast {@linkplain Forecast#explanation consists of}. */
  public ForecasterBuilder explain() {
    explain = true;
    return this;
  }

  /** Of the local time that a model with a calendar reads ({@code window.time-zone}); UTC. */
  public ForecasterBuilder zone(ZoneId of) {
    zone = given("zone", of);
    return this;
  }

  /**
   * A model of a safetensors file, that takes part in the mixture, or that combines the experts if
   * it was trained for it ({@code forecast.many-to-one.file}). By default the network in Weir's jar
   * combines the experts, and no other takes part. Its name is the one in the file, or else that of
   * the file.
   *
   * @throws IOException if the file can't be read
   */
  public ForecasterBuilder model(Path file) throws IOException {
    model.source = ModelSource.of(file);
    return this;
  }

  /**
   * The same of a file's bytes.
   *
   * @param name of the model in forecasts, whatever the file says
   */
  public ForecasterBuilder model(byte[] safetensors, String name) {
    model.source = ModelSource.of(safetensors, name);
    return this;
  }

  /** What the linear layer reads, if the file does not say it: h_n or out[:, -1]. */
  public ForecasterBuilder readout(String label) {
    model.readout(label);
    return this;
  }

  /**
   * How values were scaled in training, if the file does not say it: none, window or last. Fixed
   * scaling is said by a file alone, with its two numbers.
   */
  public ForecasterBuilder scaling(String label) {
    model.scaling(label);
    return this;
  }

  /** The cell, if neither file nor shapes say it: rnn_relu has the shapes of rnn_tanh. */
  public ForecasterBuilder cell(String label) {
    model.cell(label);
    return this;
  }

  /**
   * Checks all of it together.
   *
   * @throws IllegalArgumentException with one line, such as {@code window: expected 1 to 4,096, got
   *     0}
   */
  public Forecaster build() {
    ForecastModel read = model.read(window);
    boolean ownSizes = read != null && !read.combines();
    if (horizon == null && (!ownSizes || read.readsSeasons())) {
      throw new IllegalArgumentException("horizon: expected the number of values, got none");
    }
    int steps = horizon == null ? read.horizon() : horizon;
    int seqLen = window != null ? window : ownSizes ? read.seqLen() : DEFAULT_SEQ_LEN;
    byte[] bytes = read == null ? null : ModelFiles.toBytes(read);
    Target target =
        new Target(
            read == null ? Mode.MANY_TO_ONE : read.mode(),
            read == null ? null : read.name(),
            steps,
            bytes,
            learning(read, steps, seqLen, bytes),
            Bounds.of(min, max, integer));
    ForecastSettings settings =
        new ForecastSettings(
            seqLen,
            1,
            features,
            read == null ? List.of() : read.calendar(),
            Duration.ZERO,
            sampling(),
            StateLimits.NONE,
            List.of(target),
            zone,
            featuresAhead);
    boolean isLearned = learning && !Boolean.FALSE.equals(learnsCovariates);
    check(
        isLearned || settings.columnsKept() > 0 || featuresAhead == 0,
        "featuresAhead",
        "0 without learnCovariates or a model that reads windows",
        featuresAhead);
    String problem = read == null ? null : settings.problemWith(read, target);
    if (problem != null) {
      throw new IllegalArgumentException(ModelOptions.inWordsOfTheBuilder(problem));
    }
    return new Forecaster(settings, read);
  }

  private Learning learning(ForecastModel read, int steps, int seqLen, byte[] bytes) {
    check(learning || read != null, "model", "one where nothing is learned", "none");
    boolean isLearned = learning || read.combines() || read.readsSeasons();
    int most = isLearned ? MAX_LEARNED : ForecastModel.MAX_HORIZON;
    within("horizon", steps, 1, most);
    LearnerSettings learner =
        learning ? plan().learner(steps) : LearnerSettings.following(read, steps);
    if (learner == null) { // the model alone
      check(alarms == null, "alarms", "none where nothing is learned", "some");
      check(!explain, "explain", "no explanation where nothing is learned", "one");
      return null;
    }
    if (!learning) {
      learner = learner.withLevels(levels);
    }
    int seriesBytes = LearningPlan.seriesBytes(learner, season, seqLen, read != null, bytes);
    check(
        seriesBytes <= LearningPlan.MAX_SERIES_BYTES,
        "horizon",
        "a series of at most %,d bytes; take a shorter horizon or season, or size SMALL"
            .formatted(LearningPlan.MAX_SERIES_BYTES),
        "%d, with which one takes %,d".formatted(steps, seriesBytes));
    return new Learning(
        learner,
        season,
        SCORES_EVERY,
        alarms == null ? null : alarms.rules(),
        explain ? ExplanationSettings.NUMBERED : null);
  }

  private LearningPlan plan() {
    return new LearningPlan(
        LearnerSize.valueOf(size.name()),
        experts,
        levels,
        NetworkTraining.DEFAULT,
        covariates(),
        new SeasonCounts(season, secondSeason),
        null);
  }

  private Covariates.Count covariates() {
    if (learnsCovariates != null && !learnsCovariates) {
      return Covariates.Count.NONE;
    }
    boolean isAsked =
        learnsCovariates != null || model.source == null; // else a network may read them
    String problem =
        CovariateRule.problemWith(features, featuresAhead, isAsked, "features", "featuresAhead");
    if (problem != null) {
      throw new IllegalArgumentException("features: " + problem);
    }
    return CovariateRule.learned(features, featuresAhead);
  }

  private Sampling sampling() {
    if (interval == null) {
      String expected = "an interval beside it, since nothing is missing by count";
      check(gap == null, "gap", expected, "none");
      check(maxFill == null, "maxFill", expected, "none");
      return Sampling.BY_COUNT;
    }
    Gap wanted = gap == null ? Gap.SKIP : gap;
    boolean fills = wanted == Gap.CARRY || wanted == Gap.LINEAR;
    check(maxFill == null || fills, "maxFill", "a gap of CARRY or LINEAR beside it", wanted);
    return new Sampling(
        interval,
        Sampling.Gap.valueOf(wanted.name()),
        maxFill == null ? DEFAULT_MAX_FILL : maxFill);
  }
}
