package dev.weir.job.options;

import dev.weir.kafka.mapping.ElementPath;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.kafka.mapping.NamePart;
import dev.weir.kafka.wire.TimeText;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The options of a topic of covariates that are known ahead. */
public final class CovariateOptions {

  public static final String SECTION = "covariates";

  /** Below it, options of the table format. */
  static final String FORMAT_PREFIX = "covariates.format.options.";

  private static final int DEFAULT_KEEP = 1_000;
  private static final int MAX_KEEP = 100_000;

  public static final Option<String> TOPIC =
      Option.name(
              "topics.covariates",
              null,
              "Topic that covariates known ahead arrive on, by series or group; absent: observations"
                  + " bring their own.")
          .needs(ForecastOptions.INTERVAL)
          .change("on: safe; another name: as topics.observations; off: " + Option.UNCLAIMED);

  public static final Option<Pattern> KEY =
      new Option<>(
              "covariates.key",
              Option.Type.TEXT,
              "a regular expression with one capturing group such as ([^/]+)/.*",
              null,
              "Compared with the whole name of a series; what the capturing group matches is the name of"
                  + " its group. A series that does not match is a group of its own.",
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
              "Times of each group whose covariates are kept, at least the horizon. Of more, those that"
                  + " have passed are dropped first, from the oldest, then those farthest ahead.")
          .unit("times of a group")
          .needs(TOPIC);
  public static final Option<Duration> MAX_FUTURE =
      Option.duration(
              "covariates.max-future",
              Duration.ofDays(30),
              Duration.ZERO,
              "How far ahead of the clock the time of covariates may be before they are a dead letter.")
          .needs(TOPIC);

  public static final Option<String> FORMAT =
      Option.name(
              "covariates.format",
              null,
              "A table format of Flink, as observations.format, by which covariates are read that are"
                  + " not Weir's own; its options are below covariates.format.options.")
          .needs(TOPIC);
  public static final Option<List<String>> COLUMNS = MappingOptions.COLUMNS.under(SECTION);
  public static final Option<String> SCHEMA_FILE = MappingOptions.SCHEMA_FILE.under(SECTION);
  public static final Option<String> MESSAGE = MappingOptions.MESSAGE.under(SECTION);
  public static final Option<List<NamePart>> GROUP =
      Option.list(
              "covariates.group",
              "a list of " + NamePart.EXPECTED,
              List.of(NamePart.KEY),
              16,
              "Parts of the name of a record's group, joined by slashes.",
              NamePart::parse)
          .change("groups with other names are new ones");
  public static final Option<FieldPath> TIME =
      MappingOptions.path("covariates.time", "The time that the covariates are of.");
  public static final Option<TimeText.Unit> TIME_UNIT = MappingOptions.TIME_UNIT.under(SECTION);
  public static final Option<List<FieldPath>> FEATURES =
      Option.list(
              "covariates.features",
              "a list of " + FieldPath.EXPECTED,
              null,
              ForecastOptions.MAX_LEARNED_COVARIATES,
              "The covariates, window.features-ahead of them; one that is null or missing is unknown.",
              FieldPath::parse)
          .change(
              "as window.features-ahead, and what is kept is dropped; in another order, each means another one");
  public static final Option<ElementPath> EACH =
      new Option<>(
          "covariates.each",
          Option.Type.TEXT,
          ElementPath.EXPECTED,
          null,
          "An array whose elements are covariates of one time each; paths as with"
              + " observations.each.",
          ElementPath::parse);

  static final List<Option<?>> ALL =
      Option.declaredIn(CovariateOptions.class, new Option.Need(FORMAT, null));

  private CovariateOptions() {}

  private static Pattern pattern(String text) {
    Pattern pattern = Pattern.compile(text);
    if (pattern.matcher("").groupCount() != 1) {
      throw new IllegalArgumentException(text);
    }
    return pattern;
  }
}
