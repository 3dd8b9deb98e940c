package dev.weir.sql;

import dev.weir.option.AnomalyOptions;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.option.Seasons;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.StaticArgument;
import org.apache.flink.table.types.inference.StaticArgumentTrait;

/**
 * The named arguments of a table function, in their order, each with the option that it is. The
 * names are part of users' statements and never change.
 *
 * <p>For Flink each but the table may be left out, since it has no good word for one that is
 * missing. A duration is a text, since Flink has no default for an interval; and the level a whole
 * number, since the planner hides a literal that it casts to a double.
 */
final class Signature {

  static final Option<String> VALUE_COLUMN =
      Option.text("value_column", null, "Column of the values.");
  static final Option<List<String>> FEATURE_COLUMNS =
      Option.list(
          "feature_columns",
          "words joined by commas",
          List.of(),
          1000,
          "Columns of the covariates that come with a value.",
          VALUE_COLUMN::parse);
  static final Option<List<String>> AHEAD_COLUMNS =
      Option.list(
          "ahead_columns",
          "at most %d words joined by commas".formatted(ForecastOptions.MAX_LEARNED_COVARIATES),
          List.of(),
          ForecastOptions.MAX_LEARNED_COVARIATES,
          "Columns of the covariates that are known ahead, arrays: the first is of the next step.",
          VALUE_COLUMN::parse);
  static final Option<String> LABEL_COLUMN =
      Option.text("label_column", null, "Column of the labels, texts.");
  static final Option<String> LABEL_TIME_COLUMN =
      Option.text("label_time_column", null, "Column of the times that the labels are of.")
          .needs(LABEL_COLUMN);
  static final Option<Boolean> IN_ORDER =
      Option.flag("in_order", false, "Whether each series is in order and forecast at once.");
  static final Option<Integer> LEVEL =
      Option.integer(
          "level",
          (int) Math.round(100 * ForecastOptions.LEVELS.defaultValue().get(0)),
          1,
          99,
          "Per cent of the values that the interval should contain.");
  static final Option<Integer> SECOND_SEASON =
      Option.integer(
          "second_season",
          null,
          3,
          Seasons.MAX_SECOND_COUNT,
          "Observations in a second, longer season: more than twice as many.");
  static final Option<Boolean> REFUSED_ROWS =
      Option.flag("refused_rows", false, "Whether a row that can't be used gives one.");

  private static final Set<String> FLINKS = Set.of("input", "on_time", "uid");

  /** The table: one series for each key of its PARTITION BY. */
  static final int INPUT = 0;

  /**
   * One of them after the table.
   *
   * @param label as users write it
   */
  record Argument(String label, Option<?> option) {}

  /** Those of {@code FORECAST}. */
  static final Signature FORECAST =
      new Signature(
          "FORECAST",
          new Argument("value_column", VALUE_COLUMN),
          new Argument("feature_columns", FEATURE_COLUMNS),
          new Argument("ahead_columns", AHEAD_COLUMNS),
          new Argument("learn_covariates", ForecastOptions.COVARIATES),
          new Argument("mode", ForecastOptions.MODE),
          new Argument("horizon", ForecastOptions.HORIZON),
          new Argument("seq_len", ForecastOptions.SEQ_LEN),
          new Argument("stride", ForecastOptions.STRIDE),
          new Argument("in_order", IN_ORDER),
          new Argument("sampling_interval", ForecastOptions.INTERVAL),
          new Argument("gap", ForecastOptions.GAP),
          new Argument("max_fill", ForecastOptions.MAX_FILL),
          new Argument("ttl", ForecastOptions.TTL),
          new Argument("learning", ForecastOptions.LEARNING),
          new Argument("size", ForecastOptions.SIZE),
          new Argument("experts", ForecastOptions.EXPERTS),
          new Argument("season", ForecastOptions.SEASON_LENGTH),
          new Argument("level", LEVEL),
          new Argument(
              "weights_path",
              ForecastOptions.FILE.with(
                  null,
                  "Weights, safetensors: a path, a URL of Flink's file systems or builtin:NAME.")),
          new Argument(
              "model_name",
              ForecastOptions.MODEL.with(null, "Name of the model; by default that of its file.")),
          new Argument("scaling", ForecastOptions.SCALING),
          new Argument("readout", ForecastOptions.READOUT),
          new Argument("cell", ForecastOptions.CELL),
          new Argument("calendar", ForecastOptions.CALENDAR),
          new Argument("refused_rows", REFUSED_ROWS),
          new Argument("second_season", SECOND_SEASON),
          new Argument("bounds_min", BoundsOptions.MIN),
          new Argument("bounds_max", BoundsOptions.MAX),
          new Argument("bounds_integer", BoundsOptions.INTEGER),
          new Argument("holidays", HolidayOptions.REGIONS),
          new Argument("time_zone", ForecastOptions.TIME_ZONE),
          new Argument("explanations", ForecastOptions.EXPLAIN),
          new Argument(
              "outside",
              ForecastOptions.OUTSIDE.with(
                  null,
                  "DESCRIPTOR of the columns with what outside models forecast, arrays of numbers:"
                      + " the first is of the next step. A model is named as its column.")));

  /** Those of {@code ANOMALIES}: what the alarms are, and those of {@code FORECAST} but these. */
  static final Signature ANOMALIES =
      new Signature("ANOMALIES", anomalies().toArray(Argument[]::new));

  private static List<Argument> anomalies() {
    List<Argument> all = new ArrayList<>(FORECAST.arguments);
    all.removeIf(
        argument ->
            List.of(
                    ForecastOptions.MODE,
                    ForecastOptions.STRIDE,
                    ForecastOptions.LEARNING,
                    ForecastOptions.EXPLAIN)
                .contains(argument.option));
    all.addAll(
        4,
        List.of(
            new Argument("budget", AnomalyOptions.BUDGET),
            new Argument("reasons", AnomalyOptions.REASONS)));
    return all;
  }

  /** Those of {@code CLASSIFY}. */
  static final Signature CLASSIFY =
      new Signature(
          "CLASSIFY",
          new Argument("value_column", VALUE_COLUMN),
          new Argument("feature_columns", FEATURE_COLUMNS),
          new Argument("label_column", LABEL_COLUMN),
          new Argument("label_time_column", LABEL_TIME_COLUMN),
          new Argument("seq_len", ForecastOptions.SEQ_LEN),
          new Argument("stride", ForecastOptions.STRIDE),
          new Argument("in_order", IN_ORDER),
          new Argument("classes", ClassifyOptions.CLASSES),
          new Argument("max_classes", ClassifyOptions.MAX_CLASSES),
          new Argument("waiting", ClassifyOptions.WAITING.needs(LABEL_COLUMN)),
          new Argument("learning", ClassifyOptions.LEARNING),
          new Argument("ttl", ForecastOptions.TTL),
          new Argument(
              "weights_path",
              ClassifyOptions.FILE.with(
                  null, "Classifier, safetensors: a path or a URL of Flink's file systems.")),
          new Argument(
              "model_name",
              ClassifyOptions.MODEL.with(null, "Name of the model; by default that of its file.")),
          new Argument("refused_rows", REFUSED_ROWS));

  private final String function;
  private final List<Argument> arguments;
  private final List<Option<?>> options;

  private Signature(String function, Argument... arguments) {
    this.function = function;
    this.arguments = List.of(arguments);
    this.options = this.arguments.stream().<Option<?>>map(Argument::option).toList();
  }

  String function() {
    return function;
  }

  List<Argument> named() {
    return arguments;
  }

  /** How many arguments there are before those that Flink adds. */
  int count() {
    return 1 + arguments.size();
  }

  /** Whether a statement may name this argument, one that Flink adds among them. */
  boolean takes(String name) {
    return FLINKS.contains(name) || arguments.stream().anyMatch(a -> a.label.equals(name));
  }

  /** All that are ours, joined by commas. */
  String names() {
    return arguments.stream().map(Argument::label).collect(Collectors.joining(", "));
  }

  List<Option<?>> options() {
    return options;
  }

  boolean has(Option<?> option) {
    return options.contains(option);
  }

  int index(Option<?> option) {
    return 1 + options.indexOf(option);
  }

  String label(Option<?> option) {
    return arguments.get(options.indexOf(option)).label;
  }

  static DataType type(Option<?> option) {
    if (option.equals(ForecastOptions.OUTSIDE)) {
      return DataTypes.DESCRIPTOR();
    }
    return switch (option.type()) {
      case INTEGER -> DataTypes.INT();
      case FLAG -> DataTypes.BOOLEAN();
      default -> DataTypes.STRING();
    };
  }

  /** In Flink's words; texts as Flink keeps them, so that nothing is converted for a row. */
  List<StaticArgument> arguments() {
    List<StaticArgument> all = new ArrayList<>();
    all.add(
        StaticArgument.table(
            "input",
            RowData.class,
            false,
            EnumSet.of(
                StaticArgumentTrait.TABLE,
                StaticArgumentTrait.SET_SEMANTIC_TABLE,
                StaticArgumentTrait.REQUIRE_ON_TIME)));
    for (Argument argument : arguments) {
      DataType type = type(argument.option);
      boolean text = type.equals(DataTypes.STRING());
      all.add(
          StaticArgument.scalar(
              argument.label, text ? type.bridgedTo(StringData.class) : type, true));
    }
    return all;
  }
}
