package dev.weir.stream;

import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.window.SeriesResult;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.SeriesState;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.Model;
import dev.weir.state.ResultCounters;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keyed operator of series: gives an engine what is kept of a series and what has come, sends the
 * result on, and keeps the series. Knows state and time only; the arithmetic is in the core.
 *
 * <p>Models live in broadcast state, by name. The newest that the model topic brought is the active
 * one, whatever its version, so that an older one can be published again; until it brings one, the
 * initial model of the job is.
 *
 * @param <M> the models it uses
 */
abstract class SeriesFunction<M extends Model>
    extends KeyedBroadcastProcessFunction<String, InputEvent, ModelEvent, Output>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SeriesFunction.class);

  private final MapStateDescriptor<String, M> descriptor;
  private final Class<M> kind;
  private final StateLimits limits;
  private final boolean isAlone;

  transient Counter observations;
  transient ResultCounters results;
  transient SeriesCounter counter;
  transient BroadcastState<String, M> models;
  transient Consumer<String> keys; // selects a series
  transient long cache; // bytes; 0 for none
  private transient Counter rejectedModels;
  private transient TimerService timers; // of the current call

  /**
   * @param kind of the models it uses
   * @param isAlone whether no other operator of the job reports bad observations
   */
  SeriesFunction(
      MapStateDescriptor<String, M> models, Class<M> kind, StateLimits limits, boolean isAlone) {
    this.descriptor = models;
    this.kind = kind;
    this.limits = limits;
    this.isAlone = isAlone;
  }

  abstract Set<String> modelNames();

  /** Why a model of one of these names can't be used, in one line; null if it can. */
  abstract String problemWith(Model model);

  /** Uses a model, which a record brought, from now on. */
  abstract void use(M model, SourceRecord source) throws Exception;

  /** Why an observation is not one of this job, in one line; null if it is. */
  abstract String problemWith(Observation observation);

  /** What is kept of the series of the current key. */
  abstract SeriesState<?> load(String series) throws IOException;

  /** What it knows of its series; there is one once it has started. */
  abstract SeriesCache<?> store();

  abstract SeriesResult take(InputEvent arrival, long watermark) throws IOException;

  /**
   * Takes in that an incident of the series that was loaded was a false alarm.
   *
   * @return why it can't be used, in one line; null if it can
   */
  String dismiss(FeedbackEvent dismissed) throws IOException {
    throw new IllegalStateException("expected no feedback on alarms");
  }

  /** Event time has come to where the series that was loaded wanted to be woken. */
  abstract SeriesResult wake(String series, long timestamp, long watermark) throws IOException;

  /**
   * A result of the series that was loaded has been sent.
   *
   * @param recordTime timestamp of the record that brought its newest value; negative: not known
   */
  abstract void sent(String series, long recordTime) throws IOException;

  void sent(Output output) {
    // for who counts
  }

  /**
   * The engine can be made: the models that were restored are there.
   *
   * @param counts the group of what two operators of a job may count
   */
  abstract ResultCounters start(MetricGroup group, MetricGroup counts) throws Exception;

  @Override
  public final void open(OpenContext context) throws Exception {
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("weir");
    MetricGroup counts = isAlone ? group : group.addGroup("classify");
    observations = counts.counter("observations");
    rejectedModels = counts.counter("rejectedModels");
    counter = new SeriesCounter(limits);
    results = start(group, counts);
    counts.gauge("cachedSeries", store()::cached);
    counts.gauge("cacheMisses", store()::misses);
  }

  /** Before it is opened: an operator knows how much it may cache, and selects series. */
  final void cache(AbstractStreamOperator<?> operator) {
    keys = operator::setCurrentKey;
    cache = SeriesCache.room(operator, limits);
  }

  final long now() {
    return timers.currentProcessingTime();
  }

  /** Of all tasks, one says what all of them see. */
  final boolean isFirst() {
    return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
  }

  /** A savepoint whose model does not fit the job's settings must not start to run. */
  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    models = context.getOperatorStateStore().getBroadcastState(descriptor);
    for (String name : modelNames()) {
      M model = models.get(name);
      String problem = model == null ? null : problemWith(model);
      if (problem != null) {
        throw new IllegalStateException(
            "the restored state and the job file disagree: "
                + problem
                + "; restore with the old settings, or name another model");
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    store().flush(); // the rest is written when it changes
  }

  @Override
  public final void processBroadcastElement(
      ModelEvent arrival, Context context, Collector<Output> out) throws Exception {
    if (arrival instanceof DeadLetter letter) {
      if (isAlone) {
        refuseModel(letter, out);
      }
      return;
    }
    Model model =
        arrival instanceof ModelUpdate update
            ? update.model()
            : ((ClassifierUpdate) arrival).model();
    if (!modelNames().contains(model.name())) {
      return; // the topic may serve other jobs too
    }
    String problem = problemWith(model);
    if (problem != null) {
      refuseModel(new DeadLetter(Reason.MODEL, problem, arrival.source()), out);
      return;
    }
    models.put(model.name(), kind.cast(model));
    use(kind.cast(model), arrival.source());
    LOG.info("model {} version {} is active", model.name(), model.version());
  }

  private void refuseModel(DeadLetter letter, Collector<Output> out) {
    LOG.warn("model refused: {} ({})", letter.message(), letter.source());
    if (isFirst()) {
      rejectedModels.inc();
      send(letter, out);
    }
  }

  private void send(Output output, Collector<Output> out) {
    results.count(output);
    sent(output);
    out.collect(output);
  }

  @Override
  public final void processElement(
      InputEvent arrival, ReadOnlyContext context, Collector<Output> out) throws Exception {
    if (arrival instanceof DeadLetter letter) {
      send(letter, out);
      return;
    }
    if (arrival instanceof ObservationEvent observed) {
      observations.inc();
      String problem = problemWith(observed.observation());
      if (problem != null) {
        refuse(new DeadLetter(Reason.FEATURES, problem, observed.source()), out);
        return;
      }
    }
    String series = context.getCurrentKey();
    SeriesState<?> state = load(series);
    if (arrival instanceof FeedbackEvent dismissed) {
      String problem = dismiss(dismissed);
      if (problem != null) {
        send(new DeadLetter(Reason.FEEDBACK, problem, dismissed.source()), out);
      }
      store().done();
      return;
    }
    boolean isNew = state.times() == null;
    if (isNew && counter.isFull()) {
      DeadLetter letter = counter.refused(series, arrival.source());
      if (arrival instanceof ObservationEvent) {
        refuse(letter, out);
      } else {
        send(letter, out);
      }
      return;
    }
    timers = context.timerService();
    SeriesResult result;
    do {
      result = take(arrival, timers.currentWatermark());
      long time = result.hasMore() ? SeriesForecaster.NO_TIME : arrival.source().timestamp();
      send(result, series, time, out);
    } while (result.hasMore());
    store().done();
    counter.count(isNew, state.times() == null);
  }

  /** Observations are reported by the operator that forecasts, if there is one. */
  private void refuse(DeadLetter letter, Collector<Output> out) {
    if (isAlone || letter.reason() == Reason.LABEL) {
      send(letter, out);
    }
  }

  private void send(SeriesResult result, String series, long recordTime, Collector<Output> out)
      throws IOException {
    List<Output> outputs = result.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i) instanceof DeadLetter letter) {
        refuse(letter, out);
      } else {
        send(outputs.get(i), out);
      }
    }
    results.count(result);
    if (result.count(Counted.RESUMED) > 0) {
      counter.resumed();
    }
    if (result.cancelled() != null) {
      timers.deleteEventTimeTimer(result.cancelled());
    }
    for (int i = 0; i < result.wakeUps(); i++) {
      long time = result.wakeUp(i);
      if (time <= timers.currentWatermark() && time > now()) { // something of the future came
        timers.registerProcessingTimeTimer(time);
      } else {
        timers.registerEventTimeTimer(time);
      }
    }
    sent(series, recordTime);
  }

  @Override
  public final void onTimer(long timestamp, OnTimerContext context, Collector<Output> out)
      throws Exception {
    String series = context.getCurrentKey();
    SeriesState<?> state = load(series);
    if (state.times() == null) {
      return;
    }
    timers = context.timerService();
    SeriesResult result;
    do {
      result = wake(series, timestamp, timers.currentWatermark());
      send(result, series, SeriesForecaster.NO_TIME, out);
    } while (result.hasMore());
    store().done();
    counter.count(false, state.times() == null);
  }
}
