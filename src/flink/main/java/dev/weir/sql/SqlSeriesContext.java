package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.Judgment;
import dev.weir.forecast.engine.SeriesContext;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction.TimeContext;

/**
 * State, timers and output of the current partition.
 *
 * <p>Both parts of the state are maps of one entry, since such a map is read and written only when
 * it is asked; any other state of a table function is read before and written after each call.
 */
final class SqlSeriesContext implements SeriesContext {

  /** The only key of each map. */
  private static final Integer KEY = 0;

  private final Consumer<Output> sink;
  private final Consumer<Judgment> judgments; // null if nobody wants them
  private final LongSupplier clock;
  private final Counter[] counted = new Counter[Counted.values().length];
  private final Counter[] deadLetters = new Counter[Reason.values().length];
  private final Counter[] forecasts = new Counter[Status.values().length];

  /** Asked for in this call, and passed by event time already: Flink drops such timers silently. */
  private final TreeSet<Long> overdue = new TreeSet<>();

  private MapView<Integer, PartitionState> series; // of the current call, like all fields below
  private MapView<Integer, LearnerState> learned;
  private TimeContext<Long> time;
  private String name;
  private PartitionState entry;

  /**
   * @param judgments of each value that is judged; null for none
   * @param clock milliseconds since 1970
   */
  SqlSeriesContext(
      MetricGroup metrics,
      Consumer<Output> sink,
      Consumer<Judgment> judgments,
      LongSupplier clock) {
    this.sink = sink;
    this.judgments = judgments;
    this.clock = clock;
    for (Counted what : Counted.values()) {
      counted[what.ordinal()] = metrics.counter(what.metric());
    }
    for (Reason reason : Reason.values()) {
      deadLetters[reason.ordinal()] =
          metrics.addGroup("reason", reason.name()).counter("deadLetters");
    }
    for (Status status : Status.values()) {
      forecasts[status.ordinal()] = metrics.addGroup("status", status.name()).counter("forecasts");
    }
  }

  /**
   * A call begins.
   *
   * @param name of the partition; null: from the state
   */
  void at(
      MapView<Integer, PartitionState> series,
      MapView<Integer, LearnerState> learned,
      TimeContext<Long> time,
      String name)
      throws IOException {
    this.series = series;
    this.learned = learned;
    this.time = time;
    this.entry = get(series);
    this.name = name == null && entry != null ? entry.name : name;
  }

  /** Name of the current partition; null if a timer fires for one that has expired. */
  String name() {
    return name;
  }

  static <T> T get(MapView<Integer, T> map) throws IOException {
    try {
      return map.get(KEY);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // as the view declares it
      throw new IOException(e);
    }
  }

  /** Null drops it. */
  static <T> void put(MapView<Integer, T> map, T value) throws IOException {
    try {
      if (value == null) {
        map.remove(KEY);
      } else {
        map.put(KEY, value);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public WindowState window() {
    return entry == null ? null : entry.window;
  }

  @Override
  public void window(WindowState state) throws IOException {
    if (state == null) {
      entry = null;
    } else if (entry == null) {
      entry = new PartitionState(name, state, null);
    } else {
      entry.window = state;
    }
    put(series, entry);
  }

  @Override
  public LearnerState learned(Mode mode) throws IOException {
    return get(learned);
  }

  @Override
  public void learned(Mode mode, LearnerState state) throws IOException {
    put(learned, state);
  }

  @Override
  public Long expiry() {
    return entry == null ? null : entry.expiry;
  }

  @Override
  public void expiry(Long time) throws IOException {
    if (entry != null) {
      entry.expiry = time;
      put(series, entry);
    }
  }

  @Override
  public long watermark() {
    Long watermark = time.currentWatermark();
    return watermark == null ? Long.MIN_VALUE : watermark;
  }

  @Override
  public long now() {
    return clock.getAsLong();
  }

  @Override
  public void wakeAt(long timestamp) {
    if (timestamp > watermark()) {
      time.registerOnTime(timestamp);
    } else {
      overdue.add(timestamp);
    }
  }

  @Override
  public void doNotWakeAt(long timestamp) {
    time.clearTimer(timestamp);
    overdue.remove(timestamp);
  }

  /**
   * The earliest time, asked for in this call, that event time has passed already, and forgets it;
   * null for none. The caller wakes the partition at each of them.
   */
  Long nextOverdue() {
    return overdue.pollFirst();
  }

  @Override
  public void collect(Output output) {
    if (output instanceof Forecast forecast) {
      forecasts[forecast.status().ordinal()].inc();
    } else if (output instanceof DeadLetter letter) {
      deadLetters[letter.reason().ordinal()].inc();
    }
    sink.accept(output);
  }

  @Override
  public boolean followsAlarms() {
    return judgments != null;
  }

  @Override
  public void judged(Judgment judgment) {
    judgments.accept(judgment);
  }

  @Override
  public void count(Counted what, long by) {
    counted[what.ordinal()].inc(by);
  }
}
