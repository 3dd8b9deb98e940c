package dev.weir.job.options;

import dev.weir.kafka.mapping.ElementPath;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.kafka.mapping.NamePart;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.mapping.SchemaFile;
import dev.weir.kafka.wire.TimeText;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.nio.file.Path;
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
              + " bring their own.");

  public static final Option<Pattern> KEY =
      new Option<>(
          "covariates.key",
          Option.Type.TEXT,
          "a regular expression with one capturing group such as ([^/]+)/.*",
          null,
          "Compared with the whole name of a series; what the capturing group matches is the name of"
              + " its group. A series that does not match is a group of its own.",
          CovariateOptions::pattern);
  public static final Option<Integer> KEEP =
      Option.integer(
          "covariates.keep",
          DEFAULT_KEEP,
          1,
          MAX_KEEP,
          "Times of each group whose covariates are kept, at least the horizon. Of more, those that"
              + " have passed are dropped first, from the oldest, then those farthest ahead.");
  public static final Option<Duration> MAX_FUTURE =
      Option.duration(
          "covariates.max-future",
          Duration.ofDays(30),
          Duration.ZERO,
          "How far ahead of the clock the time of covariates may be before they are a dead letter.");

  public static final Option<String> FORMAT =
      Option.name(
          "covariates.format",
          null,
          "A table format of Flink, as observations.format, by which covariates are read that are"
              + " not Weir's own; its options are below covariates.format.options.");
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
          NamePart::parse);
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
          FieldPath::parse);
  public static final Option<ElementPath> EACH =
      new Option<>(
          "covariates.each",
          Option.Type.TEXT,
          ElementPath.EXPECTED,
          null,
          "An array whose elements are covariates of one time each; paths as with"
              + " observations.each.",
          ElementPath::parse);

  /** What only records that are not Weir's own have, beside the format. */
  public static final List<Option<?>> OF_FORMAT =
      List.of(COLUMNS, SCHEMA_FILE, MESSAGE, GROUP, TIME, TIME_UNIT, FEATURES, EACH);

  public static final List<Option<?>> ALL =
      List.of(
          KEY,
          KEEP,
          MAX_FUTURE,
          FORMAT,
          COLUMNS,
          SCHEMA_FILE,
          MESSAGE,
          GROUP,
          TIME,
          TIME_UNIT,
          FEATURES,
          EACH);

  private CovariateOptions() {}

  private static Pattern pattern(String text) {
    Pattern pattern = Pattern.compile(text);
    if (pattern.matcher("").groupCount() != 1) {
      throw new IllegalArgumentException(text);
    }
    return pattern;
  }

  /**
   * What the section says of records; the file must have a format, a time and features.
   *
   * @param directory where a relative path starts
   * @throws IOException when the schema's file can't be read
   */
  public static ObservationMapping mapping(JobFile file, Path directory) throws IOException {
    String schema = file.get(SCHEMA_FILE);
    return new ObservationMapping(
        file.get(FORMAT),
        file.formatOptions(FORMAT),
        file.get(COLUMNS),
        file.get(GROUP),
        file.get(TIME),
        file.get(TIME_UNIT),
        List.of(),
        file.get(FEATURES),
        List.of(),
        null,
        null,
        file.get(EACH),
        null,
        schema == null ? null : SchemaFile.read(directory.resolve(schema), file.get(MESSAGE)));
  }
}
