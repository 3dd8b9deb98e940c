package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.engine.Judgment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;

/**
 * {@code ANOMALIES}: one series for each partition of a table; one row for each value, with the
 * forecast that was made of it, its surprise, and whether it is an anomaly: the alarms of a job.
 * See docs/sql.md.
 */
public final class AnomaliesTableFunction extends ForecastTableFunction {

  private static final long serialVersionUID = 1L;

  /** For SQL: {@code CREATE FUNCTION ANOMALIES AS 'dev.weir.sql.AnomaliesTableFunction'}. */
  public AnomaliesTableFunction() {
    this(null);
  }

  AnomaliesTableFunction(ForecastPlan plan) {
    super(plan);
  }

  @Override
  Signature signature() {
    return Signature.ANOMALIES;
  }

  @Override
  DataType output(CallContext call) {
    return ForecastPlan.anomalies(call);
  }

  @Override
  ForecastTableFunction planned(ForecastPlan plan) {
    return new AnomaliesTableFunction(plan);
  }

  @Override
  boolean judges() {
    return true;
  }

  @Override
  GenericRowData row(Judgment judged) {
    return COLUMNS.row(judged);
  }

  /** The columns of {@code ANOMALIES}. */
  static final OutputColumns<Judgment> COLUMNS =
      new OutputColumns<Judgment>()
          .withRowTime("value_time", of -> TimestampData.fromEpochMillis(of.time()))
          .with("actual_value", DataTypes.DOUBLE(), Judgment::value)
          .with(
              "forecast_value", DataTypes.DOUBLE(), of -> OutputColumns.numberOrNull(of.forecast()))
          .with("lower_bound", DataTypes.DOUBLE(), of -> OutputColumns.numberOrNull(of.lower()))
          .with("upper_bound", DataTypes.DOUBLE(), of -> OutputColumns.numberOrNull(of.upper()))
          .with("surprise", DataTypes.DOUBLE(), of -> of.surprise().size())
          .with("is_anomaly", DataTypes.BOOLEAN().notNull(), of -> of.surprise().isAlarm())
          .with(
              "reason",
              DataTypes.STRING(),
              of ->
                  of.surprise().reason() == null
                      ? null
                      : StringData.fromString(of.surprise().reason().label()))
          .withModel(Judgment::model, Judgment::modelVersion)
          .withStatus(of -> Status.OK);

  @Override
  GenericRowData refused(DeadLetter letter, TimestampData time) {
    return COLUMNS.refused(letter, time);
  }
}
