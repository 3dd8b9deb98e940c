package dev.weir.job.options;

import dev.weir.kafka.mapping.ArrayPath;
import dev.weir.kafka.mapping.ElementPath;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.kafka.mapping.NamePart;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.mapping.ObservationMapping.OnNull;
import dev.weir.kafka.mapping.SchemaFile;
import dev.weir.kafka.wire.TimeText;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The options of a topic whose records are not Weir's own: which fields hold what. */
public final class MappingOptions {

  public static final String SECTION = "observations";

  /** Below it, options of the table format. */
  static final String FORMAT_PREFIX = "observations.format.options.";

  private static final int MAX_FIELDS = 1_000;

  /** In place of features: the record's other values. */
  private static final List<FieldPath> OTHERS = List.of(FieldPath.parse("others"));

  public static final Option<String> FORMAT =
      Option.name(
          "observations.format",
          null,
          "A table format of Flink, such as json, by which records are read that are not Weir's"
              + " own; its options are below observations.format.options.");
  public static final Option<List<String>> COLUMNS =
      Option.list(
          "observations.columns",
          "a list of names",
          List.of(),
          MAX_FIELDS,
          "All fields of a record in their order, for a format without names, such as csv.",
          text -> FieldPath.parse(text).toString());
  public static final Option<String> SCHEMA_FILE =
      Option.text(
          "observations.schema-file",
          null,
          "The schema of records of the format avro (.avsc) or protobuf (written by protoc"
              + " --include_imports --descriptor_set_out).");
  public static final Option<String> MESSAGE =
      Option.name(
          "observations.message",
          null,
          "Full name of the records' message in the schema file, with the format protobuf.");
  public static final Option<List<NamePart>> SERIES =
      Option.list(
              "observations.series",
              "a list of " + NamePart.EXPECTED,
              List.of(NamePart.KEY),
              16,
              "Parts of a series' name, joined by slashes.",
              NamePart::parse)
          .change("series with other names are new ones");
  public static final Option<FieldPath> TIME =
      path("observations.time", "When a value was observed; by default the record's timestamp.");
  public static final Option<TimeText.Unit> TIME_UNIT =
      Option.choice(
          "observations.time-unit",
          TimeText.Unit.class,
          TimeText.Unit.AUTO,
          "What a time counts that is a number; auto: what gives a time from 1973 to 2286.");
  public static final Option<List<FieldPath>> VALUES =
      Option.list(
              "observations.values",
              "a list of " + FieldPath.EXPECTED,
              null,
              MAX_FIELDS,
              "Numbers, each a series; of several, a series' name ends with the field's.",
              FieldPath::parse)
          .change("series with other names are new ones");
  public static final Option<List<FieldPath>> FEATURES =
      Option.list(
              "observations.features",
              "others or a list of " + FieldPath.EXPECTED,
              List.of(),
              MAX_FIELDS,
              "Covariates of each value, window.features of them; others: the other values of the"
                  + " record, in their order.",
              FieldPath::parse)
          .change("as window.features; in another order, each means another one");
  public static final Option<List<ArrayPath>> FEATURES_AHEAD =
      Option.list(
              "observations.features-ahead",
              "a list of " + ArrayPath.EXPECTED,
              List.of(),
              ForecastOptions.MAX_LEARNED_COVARIATES,
              "Covariates known ahead: each an array with a number for each step after the value, in"
                  + " order, null where it is not known. With topics.covariates a number in its"
                  + " records, whose series names the group.",
              ArrayPath::parse)
          .change("as window.features-ahead; in another order, each means another one");
  public static final Option<FieldPath> LABEL =
      path(
          "observations.label", "The true class of the window that ends there, where it is known.");
  public static final Option<ElementPath> EACH =
      new Option<>(
          "observations.each",
          Option.Type.TEXT,
          ElementPath.EXPECTED,
          null,
          "An array whose elements are observations. A path is looked for in an element first, then"
              + " in what is around it; one that begins with $. in the record only.",
          ElementPath::parse);
  public static final Option<OnNull> ON_NULL =
      Option.choice(
          "observations.on-null",
          OnNull.class,
          null,
          "A value that is null or missing makes no observation, or a dead letter of its record; by"
              + " default the latter only if the record has no other value.");

  static final List<Option<?>> ALL =
      Option.declaredIn(MappingOptions.class, new Option.Need(FORMAT, null));

  /** Whether the covariates of each value of an observation are the record's other values. */
  public static boolean areOthers(JobFile file) {
    return file.get(FEATURES).equals(OTHERS);
  }

  /** Covariates of each value of an observation. */
  public static int features(JobFile file) {
    return areOthers(file)
        ? Math.max(0, file.get(VALUES, List.of()).size() - 1)
        : file.get(FEATURES).size();
  }

  /**
   * What the section says of observations; the file must have what it needs.
   *
   * @param directory where a relative path starts
   * @throws IOException if the schema's file can't be read
   */
  public static ObservationMapping mapping(JobFile file, Path directory) throws IOException {
    String schema = file.get(SCHEMA_FILE);
    List<FieldPath> values = file.get(VALUES, List.of());
    return new ObservationMapping(
        new ObservationMapping.Format(
            file.get(FORMAT),
            file.formatOptions(FORMAT),
            file.get(COLUMNS),
            schema == null ? null : SchemaFile.read(schema, directory, file.get(MESSAGE))),
        file.get(SERIES),
        new ObservationMapping.Time(file.get(TIME), file.get(TIME_UNIT)),
        values,
        file.get(ON_NULL),
        new ObservationMapping.Covariates(
            areOthers(file) ? values : file.get(FEATURES),
            areOthers(file),
            file.has(CovariateOptions.TOPIC) ? List.of() : file.get(FEATURES_AHEAD)),
        file.get(LABEL),
        file.get(EACH));
  }

  private static Option<FieldPath> path(String key, String description) {
    return new Option<>(
        key, Option.Type.TEXT, FieldPath.EXPECTED, null, description, FieldPath::parse);
  }

  private MappingOptions() {}
}
