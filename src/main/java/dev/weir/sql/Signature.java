package dev.weir.sql;

import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.StaticArgument;
import org.apache.flink.table.types.inference.StaticArgumentTrait;

/**
 * The named arguments of {@code FORECAST}, in their order, each with the option that it is. The
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
          "Columns of the covariates of a base model.",
          VALUE_COLUMN::parse);
  static final Option<Boolean> IN_ORDER =
      Option.flag("in_order", false, "Whether each series is in order and forecast at once.");
  static final Option<Integer> LEVEL =
      Option.integer(
          "level",
          (int) Math.round(100 * ForecastOptions.LEVELS.defaultValue().get(0)),
          1,
          99,
          "Per cent of the truth that the interval is meant to hold.");
  static final Option<Boolean> REFUSED_ROWS =
      Option.flag("refused_rows", false, "Whether a row that can't be used gives one.");

  /** The table: one series for each key of its PARTITION BY. */
  static final int INPUT = 0;

  /**
   * One of them after the table.
   *
   * @param label as users write it
   */
  record Argument(String label, Option<?> option) {}

  static final List<Argument> ARGUMENTS =
      List.of(
          new Argument("value_column", VALUE_COLUMN),
          new Argument("feature_columns", FEATURE_COLUMNS),
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
          new Argument("weights_path", ForecastOptions.FILE),
          new Argument("model_name", ForecastOptions.MODEL),
          new Argument("scaling", ForecastOptions.SCALING),
          new Argument("readout", ForecastOptions.READOUT),
          new Argument("cell", ForecastOptions.CELL),
          new Argument("calendar", ForecastOptions.CALENDAR),
          new Argument("refused_rows", REFUSED_ROWS));

  private static final List<Option<?>> OPTIONS =
      ARGUMENTS.stream().<Option<?>>map(Argument::option).toList();

  /** How many there are before those that Flink adds. */
  static final int COUNT = 1 + ARGUMENTS.size();

  private Signature() {}

  /** Its position in a call. */
  static int index(Option<?> option) {
    return 1 + OPTIONS.indexOf(option);
  }

  static String label(Option<?> option) {
    return ARGUMENTS.get(OPTIONS.indexOf(option)).label;
  }

  static DataType type(Option<?> option) {
    return switch (option.type()) {
      case INTEGER -> DataTypes.INT();
      case FLAG -> DataTypes.BOOLEAN();
      default -> DataTypes.STRING();
    };
  }

  /** In Flink's words; texts as Flink keeps them, so that nothing is converted for a row. */
  static List<StaticArgument> arguments() {
    List<StaticArgument> arguments = new ArrayList<>();
    arguments.add(
        StaticArgument.table(
            "input",
            RowData.class,
            false,
            EnumSet.of(
                StaticArgumentTrait.TABLE,
                StaticArgumentTrait.SET_SEMANTIC_TABLE,
                StaticArgumentTrait.REQUIRE_ON_TIME)));
    for (Argument argument : ARGUMENTS) {
      DataType type = type(argument.option);
      boolean text = type.equals(DataTypes.STRING());
      arguments.add(
          StaticArgument.scalar(
              argument.label, text ? type.bridgedTo(StringData.class) : type, true));
    }
    return arguments;
  }
}
