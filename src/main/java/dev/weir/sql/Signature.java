package dev.weir.sql;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.StaticArgument;
import org.apache.flink.table.types.inference.StaticArgumentTrait;

/**
 * The named arguments of {@code FORECAST}, in their order. The names are part of users' statements
 * and never change.
 *
 * <p>For Flink each but the table may be left out, since it has no good word for one that is
 * missing. A duration is a text, since Flink has no default for an interval; and the level a whole
 * number, since the planner hides a literal that it casts to a double.
 */
enum Signature {
  /** The table: one series for each key of its PARTITION BY. */
  INPUT(null),
  VALUE_COLUMN(DataTypes.STRING()),
  FEATURE_COLUMNS(DataTypes.STRING()),
  MODE(DataTypes.STRING()),
  HORIZON(DataTypes.INT()),
  SEQ_LEN(DataTypes.INT()),
  STRIDE(DataTypes.INT()),
  IN_ORDER(DataTypes.BOOLEAN()),
  SAMPLING_INTERVAL(DataTypes.STRING()),
  GAP(DataTypes.STRING()),
  MAX_FILL(DataTypes.INT()),
  TTL(DataTypes.STRING()),
  LEARNING(DataTypes.BOOLEAN()),
  SIZE(DataTypes.STRING()),
  EXPERTS(DataTypes.STRING()),
  SEASON(DataTypes.INT()),
  LEVEL(DataTypes.INT()),
  WEIGHTS_PATH(DataTypes.STRING()),
  MODEL_NAME(DataTypes.STRING()),
  SCALING(DataTypes.STRING()),
  READOUT(DataTypes.STRING()),
  CELL(DataTypes.STRING()),
  CALENDAR(DataTypes.STRING()),
  REFUSED_ROWS(DataTypes.BOOLEAN());

  private final DataType type; // null for the table

  Signature(DataType type) {
    this.type = type;
  }

  /** As users write it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In Flink's words; texts as Flink keeps them, so that nothing is converted for a row. */
  static List<StaticArgument> arguments() {
    List<StaticArgument> arguments = new ArrayList<>();
    for (Signature argument : values()) {
      if (argument.type == null) {
        arguments.add(
            StaticArgument.table(
                argument.label(),
                RowData.class,
                false,
                EnumSet.of(
                    StaticArgumentTrait.TABLE,
                    StaticArgumentTrait.SET_SEMANTIC_TABLE,
                    StaticArgumentTrait.REQUIRE_ON_TIME)));
      } else {
        boolean text = argument.type.equals(DataTypes.STRING());
        DataType type = text ? argument.type.bridgedTo(StringData.class) : argument.type;
        arguments.add(StaticArgument.scalar(argument.label(), type, true));
      }
    }
    return arguments;
  }
}
