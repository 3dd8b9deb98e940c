package dev.weir.sql;

import dev.weir.classify.series.ClassContext;
import dev.weir.classify.series.ClassState;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.model.ClassifierModel;
import dev.weir.state.ClassStateSerializer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.RowData.FieldGetter;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.StateTypeStrategy;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * {@code CLASSIFY}: one series for each partition of a table, whose windows are classified and
 * learned as they come in, by the same core as the streaming job; one row for each window. See
 * docs/sql.md.
 *
 * <p>What is written in SQL is this class without a plan; the planner asks it for one that knows
 * its call, see {@link #specialize}.
 */
public final class ClassifyTableFunction extends ProcessTableFunction<RowData>
    implements SpecializedFunction {

  private static final long serialVersionUID = 1L;

  /** The names of a partition's state are part of each savepoint. */
  private static final String CLASSES = "classes";

  private static final String EXPIRY = "expiry";

  private final ClassifyPlan plan; // null before the call is known
  private transient InputRow input;
  private transient FieldGetter value;
  private transient FieldGetter label; // null without labels
  private transient FieldGetter labelTime; // null: each label is of its row
  private transient Partition partition;
  private transient SeriesClassifier series;

  /** For SQL: {@code CREATE FUNCTION CLASSIFY AS 'dev.weir.sql.ClassifyTableFunction'}. */
  public ClassifyTableFunction() {
    this(null);
  }

  ClassifyTableFunction(ClassifyPlan plan) {
    this.plan = plan;
  }

  @Override
  public boolean isDeterministic() {
    return true;
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    LinkedHashMap<String, StateTypeStrategy> state = new LinkedHashMap<>();
    DataType value = DataTypes.RAW(ClassState.class, ClassStateSerializer.INSTANCE);
    state.put(CLASSES, ForecastTableFunction.withoutTtl(value));
    state.put(EXPIRY, ForecastTableFunction.withoutTtl(DataTypes.BIGINT()));
    TypeInference.Builder inference =
        TypeInference.newBuilder()
            .staticArguments(Signature.CLASSIFY.arguments())
            .stateTypeStrategies(state)
            .outputTypeStrategy(call -> Optional.of(ClassifyPlan.output(call)));
    if (plan != null) { // only then may the table's rows be asked for as Flink keeps them
      inference.inputTypeStrategy(new InternalRowTypeStrategy());
    }
    return inference.build();
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    return new ClassifyTableFunction(ClassifyPlan.of(context.getCallContext()));
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    input = new InputRow(plan.columns(), 0);
    value = plan.columns().value().getter();
    label = plan.label() == null ? null : plan.label().getter();
    labelTime = plan.labelTime() == null ? null : plan.labelTime().getter();
    partition = new Partition(context.getMetricGroup().addGroup("weir"));
    series = new SeriesClassifier(plan.settings(), partition);
  }

  /**
   * A row comes in: an observation, a label, or both.
   *
   * @param arguments those after the table, which the plan knows already
   */
  public void eval(
      Context context,
      MapView<Integer, ClassState> state,
      MapView<Integer, Long> expiry,
      RowData row,
      Object... arguments)
      throws IOException {
    TimeContext<Long> clock = context.timeContext(Long.class);
    long time = clock.time();
    StringData said = label == null ? null : (StringData) label.getFieldOrNull(row);
    partition.at(clock, expiry, time, isOf(row, time) ? said : null);
    String name = input.name(row);
    boolean isLabelOnly = said != null && value.getFieldOrNull(row) == null;
    DeadLetter refused = isLabelOnly ? null : input.problemWith(name, row, time);
    if (refused != null) {
      partition.collect(refused);
      return;
    }
    ClassState known = series.fitted(SqlSeriesContext.get(state));
    if (!isLabelOnly) {
      Observation observation = new Observation(name, time, input.value(row), input.features(row));
      known = series.observe(known, observation, ForecastTableFunction.ROW);
    }
    boolean isTaken = said == null || label(known, name, row, time, said.toString());
    if (isTaken || !isLabelOnly) {
      SqlSeriesContext.put(state, known);
    }
    wakeOverdue(state);
  }

  private boolean label(ClassState known, String name, RowData row, long time, String said)
      throws IOException {
    Object of = labelTime == null ? null : labelTime.getFieldOrNull(row);
    long labelled = of == null ? time : ((TimestampData) of).getMillisecond();
    if (said.isBlank() || said.length() > ClassifierModel.MAX_CLASS_LENGTH || labelled < 0) {
      String problem =
          "%s: expected 1 to %d characters, of 1970 or later, got '%.60s'"
              .formatted(plan.label().name(), ClassifierModel.MAX_CLASS_LENGTH, said);
      partition.collect(new DeadLetter(Reason.LABEL, problem, ForecastTableFunction.ROW));
      return false;
    }
    return series.label(known, new LabelEvent(name, labelled, said, ForecastTableFunction.ROW));
  }

  /** Whether the row's label is of the row itself. */
  private boolean isOf(RowData row, long time) {
    Object of = labelTime == null ? null : labelTime.getFieldOrNull(row);
    return of == null || ((TimestampData) of).getMillisecond() == time;
  }

  /** Event time has come to where a window ends, or where a partition expires. */
  public void onTimer(
      OnTimerContext context, MapView<Integer, ClassState> state, MapView<Integer, Long> expiry)
      throws IOException {
    TimeContext<Long> clock = context.timeContext(Long.class);
    partition.at(clock, expiry, clock.time(), null);
    wake(state, clock.time());
    wakeOverdue(state);
  }

  private void wake(MapView<Integer, ClassState> state, long time) throws IOException {
    ClassState known = SqlSeriesContext.get(state);
    if (known != null) { // the planner adds the partition's key to each row
      SqlSeriesContext.put(state, series.wake("", known, time) ? known : null);
    }
  }

  /** A job's timers that are late fire at once; in SQL it is for us to see to that. */
  private void wakeOverdue(MapView<Integer, ClassState> state) throws IOException {
    for (Long due = partition.overdue.pollFirst();
        due != null;
        due = partition.overdue.pollFirst()) {
      wake(state, due);
    }
  }

  /** The current partition, as a {@link SeriesClassifier} sees it. */
  private final class Partition implements ClassContext {

    /** Asked for in this call, and passed already: Flink drops such timers silently. */
    final TreeSet<Long> overdue = new TreeSet<>();

    private final Counter[] counted = new Counter[Counted.values().length];
    private final Counter[] deadLetters = new Counter[Reason.values().length];
    private final Counter[] statuses = new Counter[Classification.Status.values().length];
    private final Counter labels;
    private final Counter rightLabels;
    private TimeContext<Long> clock; // of the current call, as all below
    private MapView<Integer, Long> expiry;
    private long time;
    private StringData label;

    Partition(MetricGroup metrics) {
      for (Counted what : Counted.values()) {
        counted[what.ordinal()] = metrics.counter(what.metric());
      }
      for (Reason reason : Reason.values()) {
        deadLetters[reason.ordinal()] =
            metrics.addGroup("reason", reason.name()).counter("deadLetters");
      }
      for (Classification.Status status : Classification.Status.values()) {
        statuses[status.ordinal()] =
            metrics.addGroup("status", status.name()).counter("classifications");
      }
      labels = metrics.counter("labels");
      rightLabels = metrics.counter("rightLabels");
    }

    void at(TimeContext<Long> clock, MapView<Integer, Long> expiry, long time, StringData label) {
      this.clock = clock;
      this.expiry = expiry;
      this.time = time;
      this.label = label;
    }

    @Override
    public void collect(Output output) {
      if (output instanceof Classification classification) {
        statuses[classification.status().ordinal()].inc();
        ClassifyTableFunction.this.collect(
            COLUMNS.row(
                new Row(classification, classification.windowEnd() == time ? label : null)));
      } else {
        DeadLetter letter = (DeadLetter) output;
        deadLetters[letter.reason().ordinal()].inc();
        if (plan.refusedRows()) {
          ClassifyTableFunction.this.collect(
              COLUMNS.refused(letter, TimestampData.fromEpochMillis(time)));
        }
      }
    }

    @Override
    public void count(Counted what) {
      counted[what.ordinal()].inc();
    }

    @Override
    public void labelled(boolean isRight, double logLoss, long delay) {
      labels.inc();
      rightLabels.inc(isRight ? 1 : 0);
    }

    @Override
    public Long expiry() throws IOException {
      return SqlSeriesContext.get(expiry);
    }

    @Override
    public void expiry(Long at) throws IOException {
      SqlSeriesContext.put(expiry, at);
    }

    @Override
    public long now() {
      return System.currentTimeMillis();
    }

    @Override
    public long watermark() {
      Long watermark = clock.currentWatermark();
      return watermark == null ? Long.MIN_VALUE : watermark;
    }

    @Override
    public void wakeAt(long timestamp) {
      if (timestamp > watermark()) {
        clock.registerOnTime(timestamp);
      } else {
        overdue.add(timestamp);
      }
    }
  }

  /** A classification and the label of its window's last row; null without. */
  private record Row(Classification said, StringData label) {

    private boolean isKnown() {
      return !said.label().isEmpty();
    }

    private GenericMapData probabilities() {
      Map<StringData, Double> probabilities = new LinkedHashMap<>();
      for (int k = 0; k < said.probabilities().length; k++) {
        probabilities.put(StringData.fromString(said.classes().get(k)), said.probabilities()[k]);
      }
      return new GenericMapData(probabilities);
    }
  }

  /** The columns of {@code CLASSIFY}. */
  static final OutputColumns<Row> COLUMNS =
      new OutputColumns<Row>()
          .withTime("window_start", of -> TimestampData.fromEpochMillis(of.said.windowStart()))
          .withRowTime("window_end", of -> TimestampData.fromEpochMillis(of.said.windowEnd()))
          .with("steps", DataTypes.INT(), of -> of.said.steps())
          .with("predicted", DataTypes.STRING(), of -> OutputColumns.textOrNull(of.said.label()))
          .with(
              "probability", DataTypes.DOUBLE(), of -> of.isKnown() ? of.said.probability() : null)
          .with(
              "probabilities",
              DataTypes.MAP(DataTypes.STRING().notNull(), DataTypes.DOUBLE()),
              of -> of.isKnown() ? of.probabilities() : null)
          .with("label", DataTypes.STRING(), Row::label)
          .with("labels", DataTypes.BIGINT(), of -> of.said.labels())
          .withModel(of -> of.said.model(), of -> of.said.modelVersion())
          .withStatus(of -> of.said.status());
}
