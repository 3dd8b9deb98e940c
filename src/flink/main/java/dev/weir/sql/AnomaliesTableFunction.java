package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.engine.Judgment;
import java.util.function.Consumer;
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
  Consumer<Judgment> judgments() {
    return this::collectValue;
  }

  private void collectValue(Judgment judged) {
    String reason = judged.reason() == null ? null : judged.reason().label();
    collect(
        GenericRowData.of(
            TimestampData.fromEpochMillis(judged.time()),
            judged.value(),
            orNull(judged.forecast()),
            orNull(judged.lower()),
            orNull(judged.upper()),
            judged.surprise(),
            judged.isAlarm(),
            StringData.fromString(reason),
            judged.model().isEmpty() ? null : StringData.fromString(judged.model()),
            judged.modelVersion() < 0 ? null : judged.modelVersion(),
            StringData.fromString(Status.OK.name()),
            null));
  }

  private static Double orNull(double number) {
    return Double.isNaN(number) ? null : number;
  }

  @Override
  GenericRowData refused(DeadLetter letter, TimestampData time) {
    return GenericRowData.of(
        time,
        null,
        null,
        null,
        null,
        null,
        false,
        null,
        null,
        null,
        StringData.fromString(letter.reason().name()),
        StringData.fromString(letter.message()));
  }
}
