package dev.weir.core;

import static dev.weir.core.Checks.check;
import static dev.weir.core.Checks.given;
import static dev.weir.core.Checks.within;

import dev.weir.forecast.LearnerSize;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.option.Seasons;
import dev.weir.spec.ForecastSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * The settings of a {@link Forecaster}. Defaults are those of a job, and the option of a job file
 * that means the same is named at each. Methods check their arguments, {@link #build} their
 * combination; both throw {@link IllegalArgumentException} with one line.
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

  /** Scores are computed on request only, from sums that are kept. */
  private static final int SCORES_EVERY = Integer.MAX_VALUE;

  /** How much memory and time a series may take. */
  public enum Size {
    /** A few experts and no network. */
    SMALL,
    /** The default of a job. */
    DEFAULT
  }

  /** How missing values are treated, once a later one has come. */
  public enum Gap {
    /** None is filled in: the window starts again, what was learned stays, seasons go on. */
    SKIP,
    /** Each repeats the last value before it. */
    CARRY,
    /** Each is interpolated linearly between its neighbors. */
    LINEAR,
    /** The series starts again: its window, and what was learned of it. */
    RESET
  }

  private final ForecastSpec spec = new ForecastSpec(Methods.FRONT);
  private ModelSource source; // null for no model

  ForecasterBuilder() {}

  /**
   * Values in a forecast ({@code forecast.many-to-one.horizon}), 1 to 1,000; to 4,096 where a model
   * forecasts alone. Required unless a model has it.
   */
  public ForecasterBuilder horizon(int steps) {
    return set(ForecastOptions.HORIZON, steps);
  }

  /**
   * Values in a season, such as 24 of hourly values with a daily rhythm; 1 for none ({@code
   * season}). By default it is found in the data.
   */
  public ForecasterBuilder season(int values) {
    within("season", values, 1, SeasonCounts.MAX_FIRST);
    return set(new SeasonCounts(values, LearnerSettings.NONE));
  }

  /**
   * Two seasons, such as a week and a year of daily values: 7 and 365 ({@code season: [7, 365]}).
   */
  public ForecasterBuilder seasons(int first, int second) {
    within("season", first, 1, SeasonCounts.MAX_FIRST);
    try {
      return set(new SeasonCounts(first, second));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("seasons: " + e.getMessage());
    }
  }

  /**
   * Values in a window, 1 to 4,096 ({@code window.seq-len}): what a model reads, and after how many
   * values the status of forecasts is OK. By default that of the model, or 5.
   */
  public ForecasterBuilder window(int values) {
    return set(ForecastOptions.SEQ_LEN, values);
  }

  /**
   * Time from one value to the next ({@code window.interval}); needed to detect missing values. By
   * default values follow each other, whatever their times, and the times of forecasts follow from
   * those of the newest values.
   *
   * @param from whole milliseconds, PT0.001S to P3650D
   */
  public ForecasterBuilder interval(Duration from) {
    return set(ForecastOptions.INTERVAL, from);
  }

  /** How missing values are treated ({@code window.gap}); SKIP by default. Needs an interval. */
  public ForecasterBuilder gap(Gap gap) {
    spec.set(ForecastOptions.GAP, Sampling.Gap.valueOf(given("gap", gap).name()));
    return this;
  }

  /**
   * Maximum number of consecutive missing values that CARRY and LINEAR fill in, 0 to 10,000; more
   * are skipped ({@code window.max-fill}). 100 by default. Needs one of these gaps.
   */
  public ForecasterBuilder maxFill(int values) {
    return set(ForecastOptions.MAX_FILL, values);
  }

  /** Covariates observed with each value, 0 to 1,000 ({@code window.features}). */
  public ForecasterBuilder features(int count) {
    return set(ForecastOptions.FEATURES, count);
  }

  /** Covariates known ahead, 0 to 20 ({@code window.features-ahead}). */
  public ForecasterBuilder featuresAhead(int count) {
    return set(ForecastOptions.FEATURES_AHEAD, count);
  }

  /** Whether the experts learn from the covariates ({@code learning.covariates}). */
  public ForecasterBuilder learnCovariates(boolean whether) {
    return set(ForecastOptions.COVARIATES, whether);
  }

  /**
   * Models outside of Weir whose forecasts come with the {@linkplain Observation#outside
   * observations}, at most 16, by names of 1 to 64 characters ({@code outside}). Each takes part in
   * the mixture, weighted and corrected by its errors; {@link Series#score} has its error and share
   * as {@code outside:NAME}.
   */
  public ForecasterBuilder outside(String... names) {
    return set(ForecastOptions.OUTSIDE, Arrays.asList(given("outside", names)));
  }

  /**
   * Nominal coverage of the intervals, ascending shares, at most 10 ({@code intervals.levels}). By
   * default 0.8 and 0.95.
   */
  public ForecasterBuilder levels(double... shares) {
    return set(ForecastOptions.LEVELS, Arrays.stream(given("levels", shares)).boxed().toList());
  }

  /** How much memory and time a series may take ({@code learning.size}). */
  public ForecasterBuilder size(Size size) {
    spec.set(ForecastOptions.SIZE, LearnerSize.valueOf(given("size", size).name()));
    return this;
  }

  /** The experts of the mixture by their names ({@code experts}); by default those of the size. */
  public ForecasterBuilder experts(String... names) {
    return set(ForecastOptions.EXPERTS, Arrays.asList(given("experts", names)));
  }

  /**
   * Whether each series is learned from its own values ({@code learning}); true by default. Without
   * it a model is required, which forecasts alone.
   */
  public ForecasterBuilder learning(boolean whether) {
    spec.set(ForecastOptions.LEARNING, whether);
    return this;
  }

  /** Least value of each series: no forecast and no interval is below it ({@code bounds.min}). */
  public ForecasterBuilder min(double value) {
    return set(BoundsOptions.MIN, value);
  }

  /** Greatest value of each series, as {@link #min} ({@code bounds.max}). */
  public ForecasterBuilder max(double value) {
    return set(BoundsOptions.MAX, value);
  }

  /** Values are whole numbers, such as counts ({@code bounds.integer}). */
  public ForecasterBuilder integer() {
    return set(BoundsOptions.INTEGER, true);
  }

  /** Reports {@linkplain Series#incidents incidents} ({@code alarms: on}). */
  public ForecasterBuilder alarms(Alarms alarms) {
    spec.alarms(given("alarms", alarms).rules());
    return this;
  }

  /** Adds an {@linkplain dev.weir.forecast.Forecast#explanation explanation} to each forecast. */
  public ForecasterBuilder explain() {
    return set(ForecastOptions.EXPLAIN, true);
  }

  /** Of the local time that a model with a calendar reads ({@code window.time-zone}); UTC. */
  public ForecasterBuilder zone(ZoneId of) {
    return set(ForecastOptions.TIME_ZONE, of);
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
    source = ModelSource.of(file);
    return this;
  }

  /**
   * The same of a file's bytes.
   *
   * @param name of the model in forecasts; overrides the file's
   */
  public ForecasterBuilder model(byte[] safetensors, String name) {
    source = ModelSource.of(safetensors, name);
    return this;
  }

  /** What the linear layer reads, if the file lacks it: h_n or out[:, -1]. */
  public ForecasterBuilder readout(String label) {
    return set(ForecastOptions.READOUT, label);
  }

  /**
   * How values were scaled in training, if the file lacks it: none, window or last. Only a file can
   * have fixed scaling, with its two numbers.
   */
  public ForecasterBuilder scaling(String label) {
    check(!"fixed".equals(label), "scaling", "none, window or last", label);
    return set(ForecastOptions.SCALING, label);
  }

  /** The cell, if neither file nor shapes determine it: rnn_relu has the shapes of rnn_tanh. */
  public ForecasterBuilder cell(String label) {
    return set(ForecastOptions.CELL, label);
  }

  /**
   * Checks all of it together.
   *
   * @throws IllegalArgumentException with one line, such as {@code window: expected 1 to 4,096, got
   *     0}
   */
  public Forecaster build() {
    ForecastSpec spec = new ForecastSpec(this.spec);
    ForecastModel read = source == null ? null : read();
    if (read != null) {
      spec.takeSizes(read);
    }
    if (!spec.has(ForecastOptions.HORIZON)) {
      throw new IllegalArgumentException("horizon: expected the number of values, got none");
    }
    spec.set(ForecastOptions.SCORES_EVERY, SCORES_EVERY);
    spec.add(
        read == null ? Mode.MANY_TO_ONE : read.mode(), read == null ? null : read.name(), read);
    return new Forecaster(spec.settings(), read);
  }

  private ForecastModel read() {
    Integer window = spec.has(ForecastOptions.SEQ_LEN) ? spec.get(ForecastOptions.SEQ_LEN) : null;
    ForecastModel read =
        spec.read(Mode.MANY_TO_ONE, source.name(), source.bytes(), source.where(), window);
    return source.renames() ? read.withName(source.name()) : read;
  }

  private ForecasterBuilder set(SeasonCounts seasons) {
    spec.set(ForecastOptions.SEASON, Seasons.of(seasons));
    return this;
  }

  private ForecasterBuilder set(Option<?> option, Object value) {
    Methods.set(spec, option, value);
    return this;
  }
}
