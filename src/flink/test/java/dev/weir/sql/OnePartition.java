package dev.weir.sql;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.sql.InputRow.Columns;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.stream.RecordedMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ProcessTableFunction.OnTimerContext;
import org.apache.flink.table.functions.ProcessTableFunction.TimeContext;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.util.Collector;

/**
 * FORECAST or ANOMALIES as Flink calls it for one partition: its state, its timers, its watermark.
 * As in Flink 2.2, a timer at or before the watermark is dropped, and event time is at its newest
 * before the first timer fires.
 */
final class OnePartition {

  final List<RowData> rows = new ArrayList<>();
  final MapView<Integer, PartitionState> series = new MapView<>();
  final MapView<Integer, LearnerState> learned = new MapView<>();
  final TreeSet<Long> timers = new TreeSet<>();
  private final Columns columns;
  private final Function<ForecastPlan, ForecastTableFunction> kind;
  private RecordedMetrics metrics;
  private ForecastTableFunction function;
  private long watermark = Long.MIN_VALUE;
  private long now;
  long clock = 1_000_000;

  OnePartition(Columns columns) {
    this(columns, ForecastTableFunction::new);
  }

  /**
   * @param kind makes the function of a plan
   */
  OnePartition(Columns columns, Function<ForecastPlan, ForecastTableFunction> kind) {
    this.columns = columns;
    this.kind = kind;
  }

  /** Replaces the state by what is read of its bytes, as a restore does. */
  OnePartition restore() throws Exception {
    series.put(0, copy(PartitionStateSerializer.INSTANCE, series.get(0)));
    learned.put(0, copy(LearnerStateSerializer.INSTANCE, learned.get(0)));
    return this;
  }

  private static <T> T copy(TypeSerializer<T> serializer, T value) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(1 << 15);
    serializer.serialize(value, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  /** Begins, or goes on with the same state as another statement; event time is not in it. */
  OnePartition start(ForecastSettings settings) throws Exception {
    watermark = Long.MIN_VALUE;
    metrics = new RecordedMetrics();
    function = kind.apply(new ForecastPlan(settings, columns, true));
    function.clock = () -> clock;
    function.setCollector(
        new Collector<>() {
          @Override
          public void collect(RowData row) {
            rows.add(row);
          }

          @Override
          public void close() {
            // nothing is open
          }
        });
    function.open(
        new FunctionContext(null) {
          @Override
          public MetricGroup getMetricGroup() {
            return metrics;
          }
        });
    return this;
  }

  void row(long time, Object... fields) throws Exception {
    now = time;
    function.eval(new Calls(), series, learned, GenericRowData.of(fields));
  }

  void watermark(long time) throws Exception {
    watermark = time;
    while (!timers.isEmpty() && timers.first() <= time) {
      now = timers.pollFirst();
      function.onTimer(new Calls(), series, learned);
    }
  }

  long count(String metric) {
    return metrics.count("weir." + metric);
  }

  List<String> statuses() {
    return rows.stream().map(row -> row.getString(8).toString()).toList();
  }

  private final class Calls implements OnTimerContext, TimeContext<Long> {

    @Override
    @SuppressWarnings("unchecked")
    public <T> TimeContext<T> timeContext(Class<T> type) {
      return (TimeContext<T>) this;
    }

    @Override
    public Long time() {
      return now;
    }

    @Override
    public Long currentWatermark() {
      return watermark == Long.MIN_VALUE ? null : watermark;
    }

    /** Flink 2.3 asks for it; 2.2 knows no such method. */
    public Long tableWatermark() {
      return currentWatermark();
    }

    @Override
    public void registerOnTime(Long time) {
      if (time > watermark) {
        timers.add(time);
      }
    }

    @Override
    public void clearTimer(Long time) {
      timers.remove(time);
    }

    @Override
    public void registerOnTime(String name, Long time) {
      throw unexpected("registerOnTime");
    }

    @Override
    public void clearTimer(String name) {
      throw unexpected("clearTimer");
    }

    @Override
    public void clearAllTimers() {
      throw unexpected("clearAllTimers");
    }

    @Override
    public TableSemantics tableSemanticsFor(String argument) {
      throw unexpected("tableSemanticsFor");
    }

    @Override
    public void clearState(String name) {
      throw unexpected("clearState");
    }

    @Override
    public void clearAllState() {
      throw unexpected("clearAllState");
    }

    @Override
    public void clearAll() {
      throw unexpected("clearAll");
    }

    @Override
    public ChangelogMode getChangelogMode() {
      throw unexpected("getChangelogMode");
    }

    @Override
    public String currentTimer() {
      return null;
    }

    /** What the function must not do, since its timers and states have no names. */
    private static AssertionError unexpected(String method) {
      return new AssertionError("expected no call of %s, got one".formatted(method));
    }
  }
}
