package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.state.LearnerStateSerializer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.StateTypeStrategy;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code FORECAST}: one series for each partition of a table, learned and forecast as it comes in,
 * by the same core as the streaming job; one row for each step of each forecast. See docs/sql.md.
 *
 * <p>What is written in SQL is this class without a plan; the planner asks it for one that knows
 * its call, see {@link #specialize}.
 */
public class ForecastTableFunction extends ProcessTableFunction<RowData>
    implements SpecializedFunction {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ForecastTableFunction.class);

  /** The names of a partition's state are part of each savepoint. */
  private static final String SERIES = "series";

  private static final String LEARNED = "learned";

  /** Rows have no bytes of their own to keep. */
  static final SourceRecord ROW = new SourceRecord("row", 0, 0, -1, null, null);

  private final ForecastPlan plan; // null before the call is known
  private transient InputRow input;
  private transient SqlSeriesContext seriesContext;
  private transient SeriesForecaster series;
  private transient long time; // of the current call
  transient LongSupplier clock; // a test sets its own before the start

  /** For SQL: {@code CREATE FUNCTION FORECAST AS 'dev.weir.sql.ForecastTableFunction'}. */
  public ForecastTableFunction() {
    this(null);
  }

  ForecastTableFunction(ForecastPlan plan) {
    this.plan = plan;
  }

  /** Name and arguments of the function. */
  Signature signature() {
    return Signature.FORECAST;
  }

  /** The rows of a call, which is checked. */
  DataType output(CallContext call) {
    return ForecastPlan.output(call);
  }

  /** The function of one call. */
  ForecastTableFunction planned(ForecastPlan plan) {
    return new ForecastTableFunction(plan);
  }

  /** Takes how each value compares with its forecast; null: not wanted. */
  Consumer<Judgment> judgments() {
    return null;
  }

  /** A row that can't be used, as one of the output. */
  GenericRowData refused(DeadLetter letter, TimestampData time) {
    return Column.refused(letter, time, plan.explains());
  }

  @Override
  public boolean isDeterministic() {
    return true;
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    LinkedHashMap<String, StateTypeStrategy> state = new LinkedHashMap<>();
    // Flink's state TTL uses processing time and could drop half of a partition
    state.put(
        SERIES, withoutTtl(DataTypes.RAW(PartitionState.class, PartitionStateSerializer.INSTANCE)));
    state.put(
        LEARNED, withoutTtl(DataTypes.RAW(LearnerState.class, LearnerStateSerializer.INSTANCE)));
    TypeInference.Builder inference =
        TypeInference.newBuilder()
            .staticArguments(signature().arguments())
            .stateTypeStrategies(state)
            .outputTypeStrategy(call -> Optional.of(output(call)));
    if (plan != null) { // only then may the table's rows be asked for as Flink keeps them
      inference.inputTypeStrategy(new InternalRowTypeStrategy());
    }
    return inference.build();
  }

  static StateTypeStrategy withoutTtl(DataType value) {
    DataType map = MapView.newMapViewDataType(DataTypes.INT().notNull(), value.notNull());
    return StateTypeStrategy.of(TypeStrategies.explicit(map), Duration.ZERO);
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    return planned(ForecastPlan.of(context.getCallContext(), signature()));
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    MetricGroup metrics = context.getMetricGroup().addGroup("weir");
    input = new InputRow(plan.columns(), plan.horizon());
    clock = clock == null ? System::currentTimeMillis : clock;
    seriesContext = new SqlSeriesContext(metrics, this::collectRows, judgments(), clock);
    series = new SeriesForecaster(plan.settings(), seriesContext);
    if (series.use(0, null, SeriesForecaster.NO_TIME)) {
      LOG.info("{}: kernel {}", signature().function(), series.kernel(0));
    }
  }

  /**
   * A row comes in.
   *
   * @param arguments those after the table, which the plan knows already
   */
  public void eval(
      Context context,
      MapView<Integer, PartitionState> entry,
      MapView<Integer, LearnerState> learned,
      RowData row,
      Object... arguments)
      throws IOException {
    TimeContext<Long> clock = context.timeContext(Long.class);
    time = clock.time();
    seriesContext.at(entry, learned, clock, input.name(row));
    DeadLetter refused = input.problemWith(seriesContext.name(), row, time);
    if (refused != null) {
      seriesContext.collect(refused);
      return;
    }
    Observation observation =
        new Observation(
            seriesContext.name(),
            time,
            input.value(row),
            input.features(row),
            null,
            false,
            input.ahead(row));
    series.observe(observation, ROW);
    wakeOverdue();
  }

  /** Event time has come to where a row waits, or where a partition expires. */
  public void onTimer(
      OnTimerContext context,
      MapView<Integer, PartitionState> entry,
      MapView<Integer, LearnerState> learned)
      throws IOException {
    TimeContext<Long> clock = context.timeContext(Long.class);
    time = clock.time();
    seriesContext.at(entry, learned, clock, null);
    series.wake(seriesContext.name(), time);
    wakeOverdue();
  }

  /** A job's timers that are late fire at once; in SQL it is for us to see to that. */
  private void wakeOverdue() throws IOException {
    for (Long due = seriesContext.nextOverdue(); due != null; due = seriesContext.nextOverdue()) {
      series.wake(seriesContext.name(), due);
    }
  }

  private void collectRows(Output output) {
    if (output instanceof Forecast forecast && judgments() == null) {
      for (GenericRowData row : Column.rows(forecast, plan.explains())) {
        collect(row);
      }
    } else if (output instanceof DeadLetter letter && plan.refusedRows()) {
      collect(refused(letter, TimestampData.fromEpochMillis(time)));
    }
  }

  /** The columns of {@code FORECAST}, in their order: name, type and value. */
  enum Column {
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

    private static final Column[] ALL = values();

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

    Column(DataType type, Value value) {
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
}
