package dev.weir.stream;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.model.ForecastModel;
import dev.weir.state.RecordSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** One open task of an operator of series: what it is sent, its results and its state. */
public final class SeriesHarness
    extends KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output> {

  static final int MAX_PARALLELISM = 12;

  final StateBackend backend;

  /** Null unless the task was made by {@link #recorded}. */
  final RecordedMetrics metrics;

  private final CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> operator;

  private SeriesHarness(
      CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> operator,
      StateBackend backend,
      OperatorSubtaskState state,
      int tasks,
      int task,
      RecordedMetrics metrics)
      throws Exception {
    super(operator, SeriesHarness::key, model -> "", Types.STRING, MAX_PARALLELISM, tasks, task);
    this.operator = operator;
    this.backend = backend;
    this.metrics = metrics;
    setStateBackend(backend); // before the set-up, else it is not heard
    setup(new RecordSerializer<>(Output.class));
    if (state != null) {
      initializeState(
          tasks == 1
              ? state
              : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, 1, tasks, task));
    }
    open();
  }

  /** One of several tasks, which restores its part of the state of one; null for none. */
  static SeriesHarness of(
      CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> operator,
      StateBackend backend,
      OperatorSubtaskState state,
      int tasks,
      int task)
      throws Exception {
    return new SeriesHarness(operator, backend, state, tasks, task, null);
  }

  static SeriesHarness of(
      ForecastSettings settings, StateBackend backend, OperatorSubtaskState state)
      throws Exception {
    return of(forecasts(settings), backend, state, 1, 0);
  }

  static SeriesHarness of(ForecastSettings settings, boolean rocks, OperatorSubtaskState state)
      throws Exception {
    return of(settings, backend(rocks), state);
  }

  /** One of several tasks. */
  static SeriesHarness of(
      ForecastSettings settings, boolean rocks, OperatorSubtaskState state, int tasks, int task)
      throws Exception {
    return of(forecasts(settings), backend(rocks), state, tasks, task);
  }

  private static ForecastOperator forecasts(ForecastSettings settings) {
    return new ForecastOperator(settings);
  }

  /** On the heap. */
  public static SeriesHarness of(ForecastSettings settings, OperatorSubtaskState state)
      throws Exception {
    return of(settings, false, state);
  }

  /** On the heap, without state. */
  public static SeriesHarness of(ForecastSettings settings) throws Exception {
    return of(settings, null);
  }

  /** On the heap, with its metrics. */
  static SeriesHarness recorded(ForecastSettings settings, OperatorSubtaskState state)
      throws Exception {
    RecordedMetrics metrics = new RecordedMetrics();
    return new SeriesHarness(
        new RecordedMetrics.Operator(settings, metrics), backend(false), state, 1, 0, metrics);
  }

  /** One that classifies, on the heap, with its metrics. */
  static SeriesHarness recorded(ClassifySettings settings, boolean isAlone) throws Exception {
    RecordedMetrics metrics = new RecordedMetrics();
    return new SeriesHarness(
        new RecordedMetrics.Operator(settings, isAlone, metrics),
        backend(false),
        null,
        1,
        0,
        metrics);
  }

  /** Opens a task with a state; null for none. */
  interface Opening {
    SeriesHarness open(OperatorSubtaskState state) throws Exception;
  }

  /** Gives the event of a number, from 0 on, to a task. */
  interface Sending<E> {
    void send(SeriesHarness task, E event, int number) throws Exception;
  }

  /**
   * The results of a job that writes a checkpoint now and then, is killed after some of them, and
   * goes on from there.
   *
   * @param kills how often it is killed on average
   * @param lost what is sent between a checkpoint and the kill, of which nothing may remain
   */
  static <E> List<Output> killed(
      Opening job, List<E> events, Sending<E> sending, int kills, Sending<E> lost)
      throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    List<Output> outputs = new ArrayList<>();
    SeriesHarness task = job.open(null);
    for (int i = 0; i < events.size(); i++) {
      sending.send(task, events.get(i), i);
      if (random.nextInt(Math.max(60, events.size() / 12)) == 0) {
        task.snapshot(i, i);
      }
      if (random.nextInt(events.size()) < kills) {
        OperatorSubtaskState state = task.snapshot(i, i);
        outputs.addAll(task.take(Output.class));
        lost.send(task, events.get(i), i);
        task.close();
        task = job.open(state);
      }
    }
    outputs.addAll(task.take(Output.class));
    task.close();
    return outputs;
  }

  /** Those results of a type, in their order. */
  static <T extends Output> List<T> only(Class<T> type, List<? extends Output> outputs) {
    return outputs.stream().filter(type::isInstance).map(type::cast).toList();
  }

  static StateBackend backend(boolean rocks) {
    return rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
  }

  static Stream<StateBackend> backends() {
    return Stream.of(backend(false), backend(true));
  }

  static String key(InputEvent event) {
    if (event instanceof LabelEvent label) {
      return label.series();
    }
    if (event instanceof FeedbackEvent feedback) {
      return feedback.series();
    }
    return event instanceof ObservationEvent o ? o.observation().series() : "none";
  }

  /** Which of several tasks a series belongs to. */
  static int task(String series, int tasks) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(series, MAX_PARALLELISM, tasks);
  }

  static SourceRecord source(long offset) {
    return new SourceRecord("observations", 0, offset, 1, null, new byte[] {(byte) offset});
  }

  /** From a record whose offset is its time. */
  static ObservationEvent event(Observation observation) {
    return new ObservationEvent(observation, source(observation.time()));
  }

  public void send(Observation observation) throws Exception {
    processElement1(event(observation), observation.time());
  }

  void send(String series, long time, double value, double... features) throws Exception {
    send(new Observation(series, time, value, features));
  }

  void send(InputEvent event) throws Exception {
    processElement1(event, event instanceof ObservationEvent o ? o.observation().time() : 0);
  }

  void publish(ForecastModel model, SourceRecord source) throws Exception {
    processElement2(new ModelUpdate(model, source), 0);
  }

  void publish(ForecastModel model) throws Exception {
    publish(model, source(0));
  }

  void watermark(long time) throws Exception {
    processBothWatermarks(new Watermark(time));
  }

  /** Event time and the clock go on until whatever is silent at a time is dropped. */
  void silence(long time, long ttl) throws Exception {
    for (int i = 0; i < 3; i++) {
      watermark(time + i * 2 * ttl);
      setProcessingTime(getProcessingTime() + ttl);
    }
  }

  /** How often something was counted. */
  long count(String counter) {
    return metrics.count("weir." + counter);
  }

  OperatorSubtaskState checkpoint() throws Exception {
    return snapshot(1, 1);
  }

  public <T extends Output> List<T> outputs(Class<T> type) {
    return only(type, extractOutputValues());
  }

  /** As {@link #outputs}, since the last time. */
  <T extends Output> List<T> take(Class<T> type) {
    List<T> taken = outputs(type);
    getOutput().clear();
    return taken;
  }

  List<Forecast> forecasts() {
    return outputs(Forecast.class);
  }

  List<Forecast> forecasts(String series) {
    return forecasts().stream().filter(f -> f.series().equals(series)).toList();
  }

  List<DeadLetter> deadLetters() {
    return outputs(DeadLetter.class);
  }

  /** Series that have an entry in a state. */
  long entries(String state) {
    try (Stream<?> keys = operator.getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.count();
    }
  }

  SeriesCache<?> store() {
    return ((SeriesFunction<?>) operator.getUserFunction()).store();
  }

  ForecastFunction function() {
    return (ForecastFunction) operator.getUserFunction();
  }
}
