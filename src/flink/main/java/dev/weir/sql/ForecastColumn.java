package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;

/** The columns of {@code FORECAST}, in their order: name, type and value. */
enum ForecastColumn {
  ORIGIN(null, (of, i) -> of.origin),
  STEP(DataTypes.INT(), (of, i) -> i + 1),
  TARGET_TIME(
      null,
      (of, i) ->
          of.forecast.times() == null
              ? null
              : TimestampData.fromEpochMillis(of.forecast.times()[i])),
  FORECAST_VALUE(DataTypes.DOUBLE(), (of, i) -> of.forecast.values()[i]),
  LOWER_BOUND(DataTypes.DOUBLE(), (of, i) -> of.narrow == null ? null : of.narrow.lower()[i]),
  UPPER_BOUND(DataTypes.DOUBLE(), (of, i) -> of.narrow == null ? null : of.narrow.upper()[i]),
  MODEL(DataTypes.STRING(), (of, i) -> of.model),
  MODEL_VERSION(
      DataTypes.BIGINT(),
      (of, i) ->
          of.forecast.modelVersion() == Forecast.NO_VERSION ? null : of.forecast.modelVersion()),
  STATUS(DataTypes.STRING().notNull(), (of, i) -> of.status),
  ERROR(DataTypes.STRING(), (of, i) -> null),
  FORECAST_MEAN(DataTypes.DOUBLE(), (of, i) -> of.forecast.steps().mean()[i]),
  /** Last, and only where forecasts are explained. */
  EXPLANATION(
      DataTypes.MAP(DataTypes.STRING().notNull(), DataTypes.DOUBLE()),
      (of, i) -> i > 0 ? null : parts(of.forecast.explanation()));

  private static final ForecastColumn[] ALL = values();

  /** A forecast with what all of its rows share. */
  private static final class Shared {
    final Forecast forecast;
    final TimestampData origin;
    final Forecast.Interval narrow; // null without intervals
    final StringData model;
    final StringData status;

    Shared(Forecast forecast) {
      this.forecast = forecast;
      origin = TimestampData.fromEpochMillis(forecast.origin());
      narrow = forecast.intervals().isEmpty() ? null : forecast.intervals().get(0);
      model = forecast.model().isEmpty() ? null : StringData.fromString(forecast.model());
      status = StringData.fromString(forecast.status().name());
    }
  }

  @FunctionalInterface
  private interface Value {
    /** The value at a step, from 0, as Flink keeps it. */
    Object of(Shared forecast, int step);
  }

  private final DataType type; // null: that of the table's times
  private final Value value;

  ForecastColumn(DataType type, Value value) {
    this.type = type;
    this.value = value;
  }

  /**
   * @param time the type of the table's times
   */
  static List<DataTypes.Field> fields(DataType time, boolean explains) {
    return Arrays.stream(ALL)
        .limit(count(explains))
        .map(
            each ->
                DataTypes.FIELD(
                    each.name().toLowerCase(Locale.ROOT),
                    each == ORIGIN ? time.notNull() : each.type == null ? time : each.type))
        .toList();
  }

  private static int count(boolean explains) {
    return explains ? ALL.length : ALL.length - 1;
  }

  /** One row for each step. */
  static GenericRowData[] rows(Forecast forecast, boolean explains) {
    Shared shared = new Shared(forecast);
    GenericRowData[] rows = new GenericRowData[forecast.horizon()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new GenericRowData(count(explains));
      for (int c = 0; c < rows[i].getArity(); c++) {
        rows[i].setField(c, ALL[c].value.of(shared, i));
      }
    }
    return rows;
  }

  /** The row of an input row that can't be used. */
  static GenericRowData refused(DeadLetter letter, TimestampData time, boolean explains) {
    GenericRowData row = new GenericRowData(count(explains));
    row.setField(ORIGIN.ordinal(), time);
    row.setField(STATUS.ordinal(), StringData.fromString(letter.reason().name()));
    row.setField(ERROR.ordinal(), StringData.fromString(letter.message()));
    return row;
  }

  private static GenericMapData parts(Explanation explanation) {
    if (explanation == null) {
      return null;
    }
    Map<StringData, Double> parts = new LinkedHashMap<>();
    for (Explanation.Part part : explanation.parts()) {
      parts.put(StringData.fromString(part.name()), part.amount());
    }
    return new GenericMapData(parts);
  }
}
