package dev.weir.option;

import dev.weir.forecast.LearnerSize;
import dev.weir.forecast.engine.CovariateRule;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.forecast.window.InitialState;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** The options of a forecast, which the job file, SQL and the command line share. */
public final class ForecastOptions {

  public static final Option<Integer> SEQ_LEN =
      Option.integer("window.seq-len", 5, 1, ForecastModel.MAX_SEQ_LEN, "Values in a window.")
          .unit("observations")
          .change(
              "windows keep their newest values; the start is refused while the savepoint's base"
                  + " model has another length");
  public static final Option<Integer> STRIDE =
      Option.integer("window.stride", 1, 1, 1_000_000, "Observations from one window to the next.")
          .unit("observations");
  public static final Option<InitialState> STATE =
      Option.choice(
              "window.state",
              InitialState.class,
              InitialState.FRESH,
              "With which h_0 (and c_0) a network that forecasts alone begins a window: fresh:"
                  + " zeros; carry: what the series' last window left, with window.stride 1 or"
                  + " window.seq-len.")
          .change("carry begins with zeros at each series' next full window");
  public static final Option<Integer> FEATURES =
      Option.integer(
              "window.features",
              0,
              0,
              1000,
              "Covariates of each observation; the network's input_size is one more.")
          .change(
              "each window starts again; the start is refused while the savepoint's base model has"
                  + " other inputs");

  /** Covariates that a mixture learns from, at most. */
  public static final int MAX_LEARNED_COVARIATES = CovariateRule.MAX;

  public static final Option<Integer> FEATURES_AHEAD =
      Option.integer(
              "window.features-ahead",
              0,
              0,
              MAX_LEARNED_COVARIATES,
              "Covariates of each observation that are known ahead, such as a temperature forecast"
                  + " or a price: the mixture learns from them, and a base model that was trained"
                  + " with as many reads them.")
          .change("each window starts again; " + Option.LEARNS_AGAIN);
  public static final Option<Boolean> COVARIATES =
      Option.flag(
              "learning.covariates",
              true,
              "Whether the mixture learns from the covariates, at most %d; more need a base model or false."
                  .formatted(MAX_LEARNED_COVARIATES))
          .change(Option.LEARNS_AGAIN);
  public static final Option<List<String>> OUTSIDE =
      Option.list(
              "outside",
              "a list of names",
              List.of(),
              OutsideModels.MAX,
              "Names of other models that forecast the same series: each takes part in the mixture,"
                  + " weighed and corrected by its errors.",
              name -> required(OutsideModels.isName(name) ? name : null, name))
          .change(Option.LEARNS_AGAIN);
  public static final Option<List<Calendar>> CALENDAR =
      Option.list(
              "window.calendar",
              "a list of " + Calendar.labels(List.of(Calendar.values())).replace(",", ", "),
              List.of(),
              Calendar.values().length,
              "What base models read of each observation's time, in window.time-zone: two inputs"
                  + " each, after the features.",
              label -> required(Calendar.ofLabel(label), label))
          .change("the start is refused while the savepoint's base model has another one");
  public static final Option<ZoneId> TIME_ZONE =
      new Option<>(
              "window.time-zone",
              Option.Type.NAME,
              "a time zone such as Europe/Berlin or UTC",
              ZoneId.of("UTC"),
              "Zone of the local time that window.calendar and holidays read, with its daylight"
                  + " saving.",
              ForecastOptions::zone)
          .change("safe; a base model reads local time as it was trained with it");
  public static final Option<Duration> INTERVAL =
      Option.duration(
              "window.interval",
              null,
              Duration.ofMillis(1),
              "Time from one observation of a series to the next, by which missing ones are noticed"
                  + " and forecasts get their times. By default windows are by count.")
          .change(
              "windows keep their newest values as far as they follow each other by the new one");
  public static final Option<Gap> GAP =
      Option.choice(
              "window.gap",
              Gap.class,
              Gap.SKIP,
              "How missing observations are treated: skip restarts the window, carry repeats the"
                  + " last value, linear draws a line to the next one, reset restarts window and"
                  + " learning.")
          .needs(INTERVAL);
  public static final Option<Integer> MAX_FILL =
      Option.integer(
              "window.max-fill",
              100,
              0,
              10_000,
              "Observations in a row that carry and linear fill in at most; more are skipped.")
          .unit("observations")
          .needs(INTERVAL);
  public static final Option<Duration> OUT_OF_ORDERNESS =
      Option.duration(
          "window.out-of-orderness",
          Duration.ZERO,
          Duration.ZERO,
          "How long a series waits for an earlier observation; zero forecasts at once and suits"
              + " series that come in order within one partition.");
  public static final Option<Duration> TTL =
      Option.duration(
              "state.ttl",
              Duration.ZERO,
              Duration.ZERO,
              "A series without an observation for so long, in event time, starts again when it"
                  + " returns; zero keeps each forever.")
          .change("safe: counts from each series' next observation on");

  public static final Option<Integer> MAX_SERIES =
      Option.integer(
              "state.max-series",
              0,
              0,
              Integer.MAX_VALUE,
              "Series that one task may keep; observations of further ones are dead letters; 0 for"
                  + " no limit.")
          .unit("series of one task")
          .change("safe: what is there is kept, beyond the limit too");

  public static final Option<Boolean> LEARNING =
      Option.flag(
              "learning.enabled",
              true,
              "Whether each series is learned from its own stream; learning: off for short.")
          .change(Option.UNTESTED);

  public static final Option<LearnerSize> SIZE =
      Option.choice(
              "learning.size",
              LearnerSize.class,
              LearnerSize.DEFAULT,
              "How much memory and time a series may take.")
          .change(Option.LEARNS_AGAIN);
  public static final Option<List<String>> EXPERTS =
      Option.list(
              "experts",
              "a list of experts, of " + String.join(", ", Experts.all()),
              null,
              Experts.all().size(),
              "Which experts take part in the mixture; by default those of learning.size.",
              name -> required(Experts.all().contains(name) ? name : null, name))
          .change(Option.LEARNS_AGAIN);

  /** A season as a number; by default it is detected in the data. */
  public static final Option<Integer> SEASON_LENGTH =
      Option.integer(
          "season",
          null,
          1,
          Seasons.MAX_COUNT,
          "Observations in a season: 24 for hourly values with a daily rhythm, 1 for none.");

  public static final Option<Seasons> SEASON =
      new Option<>(
              "season",
              Option.Type.LIST,
              "auto, %s, a duration such as PT24H, or a list of two such as [7, 365]"
                  .formatted(SEASON_LENGTH.expected()),
              Seasons.AUTO,
              SEASON_LENGTH.description().replaceFirst("\\.$", "")
                  + "; with window.interval also a duration; auto finds it in the data. Of two,"
                  + " such as a week and a year of daily values, the second is more than twice the"
                  + " first, at"
                  + " most %d.".formatted(Seasons.MAX_SECOND_COUNT),
              Seasons::parse)
          .unit("observations")
          .change(Option.LEARNS_AGAIN);

  public static final Option<List<Double>> LEVELS =
      Option.list(
              "intervals.levels",
              "a list of ascending numbers between 0 and 1, at most 10",
              List.of(0.8, 0.95),
              10,
              "Shares of the values that the intervals should contain; lower and upper are the ends"
                  + " of the first one.",
              Double::valueOf,
              ForecastOptions::ascend)
          .unit("shares")
          .change(Option.LEARNS_AGAIN);

  public static final Option<Integer> SCORES_EVERY =
      Option.integer(
              "scores.every",
              10,
              0,
              1_000_000,
              "A score after so many observations of a series; 0 for none.")
          .unit("observations");

  public static final Option<Boolean> EXPLAIN =
      Option.flag(
          "forecasts.explain",
          false,
          "Whether each forecast says what its next value consists of.");

  /** In a job file the name of a section, below which the rest is. */
  public static final Option<Mode> MODE =
      Option.choice(
          "forecast.mode",
          Mode.class,
          Mode.MANY_TO_ONE,
          "What is forecast: the next horizon values, or as many as a window has.");

  public static final Option<String> MODEL =
      Option.name(
              "forecast.model",
              null,
              "Name of the model; the newest published under it on the model topic is used. A"
                  + " mixture needs none.")
          .change(Option.LEARNS_AGAIN + "; the other model comes from the topic or the file");
  public static final Option<String> FILE =
      Option.text(
              "forecast.file",
              null,
              "Weights to start with, safetensors: a path (a relative one starts at the job"
                  + " file), a URL of Flink's file systems, or builtin:NAME.")
          .change("without effect once the model topic has brought a model");
  public static final Option<Integer> HORIZON =
      Option.integer(
              "forecast.horizon",
              2,
              1,
              ForecastModel.MAX_HORIZON,
              "Values in a forecast; for many-to-many always seq-len.")
          .unit("observations")
          .change(
              Option.LEARNS_AGAIN
                  + "; the start is refused while the savepoint's base model has another horizon");
  public static final Option<Scaling> SCALING =
      Option.choice(
              "forecast.scaling",
              Arrays.stream(Scaling.Rule.values()).map(rule -> new Scaling(rule, 0, 1)).toList(),
              scaling -> scaling.rule().label(),
              null,
              "How the weights want values scaled, where their file does not say.")
          .change("as that of the file");
  public static final Option<Readout> READOUT =
      Option.choice(
              "forecast.readout",
              Arrays.stream(Readout.values()).filter(Readout::forecasts).toList(),
              Readout::label,
              null,
              "What the head reads, where the file does not say.")
          .change("as that of the file");
  public static final Option<Cell> CELL =
      Option.choice(
              "forecast.cell",
              List.of(Cell.values()),
              cell -> cell.name().toLowerCase(Locale.ROOT),
              null,
              "The cell, where neither file nor shapes say: relu looks like tanh.")
          .change("as that of the file");

  /** Options that the job file has once for each mode. */
  public static final List<Option<?>> OF_MODE =
      List.of(MODE, MODEL, FILE, HORIZON, SCALING, READOUT, CELL);

  /**
   * An option that changes how each series is learned.
   *
   * @param change applies its value, which is null if it is not set and has no default
   */
  public record OfLearner<T>(
      Option<T> option, BiFunction<LearnerSettings, T, LearnerSettings> change) {}

  /** Those that change nothing but that, in the order in which they apply. */
  public static final List<OfLearner<?>> OF_LEARNER =
      List.of(
          new OfLearner<>(LEVELS, LearnerSettings::withLevels),
          new OfLearner<>(
              EXPERTS,
              (learner, names) ->
                  names == null || learner.isAlone() ? learner : learner.withExperts(names)));

  /** One of these options in the section of a mode. */
  public static <T> Option<T> in(Mode mode, Option<T> option) {
    Option<T> there = option.under("forecast." + mode.label());
    boolean asWindow = mode == Mode.MANY_TO_MANY && option.equals(HORIZON);
    return asWindow ? there.with(null, option.description()) : there;
  }

  private static boolean ascend(List<Double> levels) {
    double last = 0;
    for (double level : levels) {
      if (!(level > last && level < 1)) {
        return false;
      }
      last = level;
    }
    return true;
  }

  private static <T> T required(T value, String text) {
    if (value == null) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private ForecastOptions() {}
}
