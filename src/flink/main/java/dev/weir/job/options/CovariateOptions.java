package dev.weir.job.options;

import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The options of topics of what is known ahead: covariates, and what outside models forecast. */
public final class CovariateOptions {

  private static final int DEFAULT_KEEP = 1_000;
  private static final int MAX_KEEP = 100_000;

  public static final Option<String> TOPIC =
      Option.name(
              "topics.covariates",
              null,
              "Topic that covariates known ahead arrive on, by series or group; absent:"
                  + " observations bring their own.")
          .needs(ForecastOptions.INTERVAL)
          .change("on: safe; another name: as topics.observations; off: " + Option.UNCLAIMED);

  public static final Option<Pattern> KEY =
      new Option<>(
              "covariates.key",
              Option.Type.TEXT,
              "a regular expression with one capturing group such as ([^/]+)/.*",
              null,
              "Compared with the whole name of a series; what the capturing group matches is the"
                  + " name of its group. A series that does not match is a group of its own.",
              CovariateOptions::pattern)
          .needs(TOPIC)
          .change(
              "what is kept belongs to the old groups; series of new ones wait for new covariates");
  public static final Option<Integer> KEEP =
      Option.integer(
              "covariates.keep",
              DEFAULT_KEEP,
              1,
              MAX_KEEP,
              "Times that are kept of the covariates of each group, and of the outside forecasts of"
                  + " each series, at least the horizon. Of more, times that have passed are dropped"
                  + " first, from the oldest, then those farthest ahead.")
          .unit("times of a group or a series");
  public static final Option<Duration> MAX_FUTURE =
      Option.duration(
          "covariates.max-future",
          Duration.ofDays(30),
          Duration.ZERO,
          "How far ahead of the clock the time of covariates, or one that an outside model"
              + " forecasts, may be before they are a dead letter.");

  public static final Option<String> OUTSIDE =
      Option.name(
              "topics.outside",
              null,
              "Topic that the forecasts of outside models arrive on; absent: observations"
                  + " bring them, known ahead after window.features-ahead.")
          .needs(ForecastOptions.INTERVAL)
          .change(TOPIC.change());

  static final List<Option<?>> ALL = Option.declaredIn(CovariateOptions.class);

  private CovariateOptions() {}

  private static Pattern pattern(String text) {
    Pattern pattern = Pattern.compile(text);
    if (pattern.matcher("").groupCount() != 1) {
      throw new IllegalArgumentException(text);
    }
    return pattern;
  }
}
