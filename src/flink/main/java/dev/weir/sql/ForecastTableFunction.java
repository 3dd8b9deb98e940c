package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastResult;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.model.Mode;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.ResultCounters;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private transient ResultCounters counters;
  private transient PartitionTimers timers;
  private transient Partition partition;
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

  /** Whether there is a row for each value, not for each step of each forecast. */
  boolean judges() {
    return false;
  }

  /** How a value compares with its forecast, as one of the output. */
  GenericRowData row(Judgment judged) {
    throw new UnsupportedOperationException("no row for each value");
  }

  /** A row that can't be used, as one of the output. */
  GenericRowData refused(DeadLetter letter, TimestampData time) {
    return columns(plan.explains()).refused(letter, time);
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
    counters = ResultCounters.ofForecasts(metrics);
    timers = new PartitionTimers();
    partition = new Partition(plan.settings().modes().get(0).mode());
    series = new SeriesForecaster(plan.settings(), clock);
    if (judges()) {
      series.result().wantJudgments();
    }
    if (series.mode(0).use(null, SeriesForecaster.NO_TIME)) {
      LOG.info("{}: kernel {}", signature().function(), series.mode(0).kernel());
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
    String name = input.name(row);
    partition.at(entry, learned, name);
    at(context.timeContext(Long.class));
    DeadLetter refused = input.problemWith(name, row, time);
    if (refused != null) {
      collectRows(refused);
      return;
    }
    Observation observation =
        new Observation(name, time, input.value(row), input.features(row), null, input.ahead(row));
    do {
      collectRows(series.observe(partition, observation, ROW, timers.watermark()));
    } while (series.result().hasMore());
    wakeOverdue();
  }

  /** Event time has come to where a row waits, or where a partition expires. */
  public void onTimer(
      OnTimerContext context,
      MapView<Integer, PartitionState> entry,
      MapView<Integer, LearnerState> learned)
      throws IOException {
    partition.at(entry, learned, null);
    at(context.timeContext(Long.class));
    wake(time);
    wakeOverdue();
  }

  private void at(TimeContext<Long> clock) {
    time = clock.time();
    timers.at(clock);
  }

  private void wakeOverdue() throws IOException {
    for (Long due = timers.nextOverdue(); due != null; due = timers.nextOverdue()) {
      wake(due);
    }
    partition.save();
  }

  private void wake(long due) throws IOException {
    do {
      collectRows(series.wake(partition.name, partition, due, timers.watermark()));
    } while (series.result().hasMore());
  }

  private void collectRows(ForecastResult result) {
    counters.count(result);
    result.outputs().forEach(this::collectRows);
    result.judgments().forEach(judged -> collect(row(judged)));
    timers.set(result);
  }

  private void collectRows(Output output) {
    counters.count(output);
    if (output instanceof Forecast forecast && !judges()) {
      OutputColumns<Step> columns = plan.explains() ? EXPLAINED : COLUMNS;
      Step step = new Step(forecast);
      for (step.index = 0; step.index < forecast.horizon(); step.index++) {
        collect(columns.row(step));
      }
    } else if (output instanceof DeadLetter letter && plan.refusedRows()) {
      collect(refused(letter, TimestampData.fromEpochMillis(time)));
    }
  }

  private static final class Partition extends ForecastState {

    private final Mode mode;
    private MapView<Integer, PartitionState> series; // of the current call, as all below
    private MapView<Integer, LearnerState> learners;
    private PartitionState entry;
    private String name; // null if a timer fires for one that has expired

    Partition(Mode mode) {
      this.mode = mode;
    }

    /**
     * A call begins.
     *
     * @param given name of the partition; null: from the state
     */
    void at(
        MapView<Integer, PartitionState> series,
        MapView<Integer, LearnerState> learners,
        String given)
        throws IOException {
      this.series = series;
      this.learners = learners;
      entry = PartitionTimers.get(series);
      name = given == null && entry != null ? entry.name : given;
      load(entry == null ? null : entry.window);
      expiry(entry == null ? null : entry.expiry);
      isRead = false;
      learnedMore = false;
    }

    @Override
    protected void readLearned() throws IOException {
      learned[mode.ordinal()] = PartitionTimers.get(learners);
    }

    void save() throws IOException {
      if (times() == null) {
        if (entry != null) {
          PartitionTimers.put(series, null);
        }
      } else if (isChanged() || !Objects.equals(entry.expiry, expiry())) {
        PartitionState next = entry == null ? new PartitionState(name, null, null) : entry;
        next.window = times();
        next.expiry = expiry();
        PartitionTimers.put(series, next);
      }
      if (learnedMore) {
        PartitionTimers.put(learners, learned(mode));
      }
    }
  }

  private static final class Step {
    final Forecast forecast;
    final TimestampData origin;
    final Forecast.Interval narrow; // null without intervals
    int index;

    Step(Forecast forecast) {
      this.forecast = forecast;
      this.origin = TimestampData.fromEpochMillis(forecast.origin());
      this.narrow = forecast.intervals().isEmpty() ? null : forecast.intervals().get(0);
    }

    TimestampData time() {
      return forecast.times() == null
          ? null
          : TimestampData.fromEpochMillis(forecast.times()[index]);
    }

    GenericMapData explanation() {
      if (index > 0 || forecast.explanation() == null) {
        return null;
      }
      Map<StringData, Double> parts = new LinkedHashMap<>();
      for (Explanation.Part part : forecast.explanation().parts()) {
        parts.put(StringData.fromString(part.name()), part.amount());
      }
      return new GenericMapData(parts);
    }
  }

  private static final OutputColumns<Step> COLUMNS =
      new OutputColumns<Step>()
          .withRowTime("origin", of -> of.origin)
          .with("step", DataTypes.INT(), of -> of.index + 1)
          .withTime("target_time", Step::time)
          .with("forecast_value", DataTypes.DOUBLE(), of -> of.forecast.values()[of.index])
          .with(
              "lower_bound",
              DataTypes.DOUBLE(),
              of -> of.narrow == null ? null : of.narrow.lower()[of.index])
          .with(
              "upper_bound",
              DataTypes.DOUBLE(),
              of -> of.narrow == null ? null : of.narrow.upper()[of.index])
          .withModel(of -> of.forecast.model(), of -> of.forecast.modelVersion())
          .withStatus(of -> of.forecast.status())
          .with("forecast_mean", DataTypes.DOUBLE(), of -> of.forecast.steps().mean()[of.index]);

  private static final OutputColumns<Step> EXPLAINED =
      COLUMNS.with(
          "explanation",
          DataTypes.MAP(DataTypes.STRING().notNull(), DataTypes.DOUBLE()),
          Step::explanation);

  /** The columns of {@code FORECAST}. */
  static OutputColumns<?> columns(boolean explains) {
    return explains ? EXPLAINED : COLUMNS;
  }
}
