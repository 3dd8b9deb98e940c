package dev.weir.sql;

import dev.weir.classify.ClassResult;
import dev.weir.classify.ClassState;
import dev.weir.classify.SeriesClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.window.SeriesResult;
import dev.weir.forecast.window.SeriesState;
import dev.weir.model.ClassifierModel;
import dev.weir.state.ClassStateSerializer;
import dev.weir.state.ResultCounters;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
  private transient ResultCounters counters;
  private transient Counter labels;
  private transient Counter rightLabels;
  private transient PartitionTimers timers;
  private transient SeriesClassifier series;
  private transient Partition partition;
  private transient long time; // of the current call, as the next
  private transient StringData said; // label of the row that came

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
    MetricGroup metrics = context.getMetricGroup().addGroup("weir");
    counters = ResultCounters.ofClasses(metrics, metrics);
    labels = metrics.counter("labels");
    rightLabels = metrics.counter("rightLabels");
    timers = new PartitionTimers();
    partition = new Partition();
    series = new SeriesClassifier(plan.settings(), System::currentTimeMillis);
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
    at(context.timeContext(Long.class), expiry);
    StringData of = label == null ? null : (StringData) label.getFieldOrNull(row);
    said = isOf(row, time) ? of : null;
    String name = input.name(row);
    boolean isLabelOnly = of != null && value.getFieldOrNull(row) == null;
    DeadLetter refused = isLabelOnly ? null : input.problemWith(name, row, time);
    if (refused != null) {
      refuse(refused);
      return;
    }
    partition.load(PartitionTimers.get(state));
    if (!isLabelOnly) {
      Observation observation = new Observation(name, time, input.value(row), input.features(row));
      SeriesResult result;
      do {
        result =
            take(
                series.observe(
                    partition, observation, ForecastTableFunction.ROW, timers.watermark()));
      } while (result.hasMore());
    }
    if (of != null) {
      label(name, row, of.toString());
    }
    wakeOverdue(state);
  }

  private void label(String name, RowData row, String said) throws IOException {
    Object of = labelTime == null ? null : labelTime.getFieldOrNull(row);
    long labelled = of == null ? time : ((TimestampData) of).getMillisecond();
    if (said.isBlank() || said.length() > ClassifierModel.MAX_CLASS_LENGTH || labelled < 0) {
      String problem =
          "%s: expected 1 to %d characters, of 1970 or later, got '%.60s'"
              .formatted(plan.label().name(), ClassifierModel.MAX_CLASS_LENGTH, said);
      refuse(new DeadLetter(Reason.LABEL, problem, ForecastTableFunction.ROW));
      return;
    }
    LabelEvent event = new LabelEvent(name, labelled, said, ForecastTableFunction.ROW);
    take(series.label(partition, event, timers.watermark()));
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
    at(context.timeContext(Long.class), expiry);
    said = null;
    partition.load(PartitionTimers.get(state));
    wake(time);
    wakeOverdue(state);
  }

  private void at(TimeContext<Long> clock, MapView<Integer, Long> expiry) {
    time = clock.time();
    timers.at(clock);
    partition.expiry = expiry;
  }

  private void wake(long due) throws IOException { // the planner adds the key to each row
    SeriesResult result;
    do {
      result = take(series.wake("", partition, due, timers.watermark()));
    } while (result.hasMore());
  }

  private void wakeOverdue(MapView<Integer, ClassState> state) throws IOException {
    for (Long due = timers.nextOverdue(); due != null; due = timers.nextOverdue()) {
      wake(due);
    }
    if (partition.isChanged()) {
      PartitionTimers.put(state, partition.times());
    }
  }

  private SeriesResult take(ClassResult result) {
    counters.count(result);
    for (Output output : result.outputs()) {
      collectRow(output, result);
    }
    for (ClassResult.Labelled labelled : result.labelled()) {
      labels.inc();
      rightLabels.inc(labelled.isRight() ? 1 : 0);
    }
    timers.set(result);
    return result;
  }

  private void collectRow(Output output, ClassResult result) {
    if (output instanceof Classification classification) {
      counters.count(output);
      String known = result.label(classification.windowEnd());
      StringData of = classification.windowEnd() == time ? said : null;
      collect(
          COLUMNS.row(new Row(classification, known == null ? of : StringData.fromString(known))));
    } else {
      refuse((DeadLetter) output);
    }
  }

  private void refuse(DeadLetter letter) {
    counters.count(letter);
    if (plan.refusedRows()) {
      collect(COLUMNS.refused(letter, TimestampData.fromEpochMillis(time)));
    }
  }

  /** What is kept of the current partition; of its timer only when it is asked for. */
  private static final class Partition extends SeriesState<ClassState> {

    private MapView<Integer, Long> expiry; // of the current call

    @Override
    public Long expiry() throws IOException {
      return PartitionTimers.get(expiry);
    }

    @Override
    public void expiry(Long at) throws IOException {
      PartitionTimers.put(expiry, at);
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
