package dev.weir.stream;

import dev.weir.forecast.Arrival;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.ModelArrival;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Observed;
import dev.weir.forecast.Output;
import dev.weir.forecast.SequenceWindow;
import dev.weir.forecast.SeriesMemory;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.WindowState;
import dev.weir.forecast.Windows;
import dev.weir.forecast.Windows.Outcome;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.Rnn;
import dev.weir.stream.ForecastSettings.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyed operator: brings each series into order, cuts it into windows and has each window
 * forecast by the active models. Knows state and time only; the arithmetic is in the core.
 *
 * <p>Base models live in broadcast state, by name. The newest that the model topic brought is the
 * active one, whatever its version, so that an older one can be published again; until it brings
 * one, the target's initial model is.
 */
final class ForecastFunction
    extends KeyedBroadcastProcessFunction<String, Arrival, ModelArrival, Output>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ForecastFunction.class);

  /** In place of the time of a record, where the record itself was not kept. */
  private static final long NO_RECORD = -1;

  /** Models by name. The state's name is part of each savepoint and never changes. */
  static final MapStateDescriptor<String, ForecastModel> MODELS =
      new MapStateDescriptor<>("models", Types.STRING, WeirType.MODEL);

  /** Kafka's time of each of those models. The state's name is part of each savepoint. */
  private static final MapStateDescriptor<String, Long> MODEL_TIMES =
      new MapStateDescriptor<>("model-times", Types.STRING, Types.LONG);

  /** Each series that is known has one. The state's name is part of each savepoint. */
  static final ValueStateDescriptor<WindowState> WINDOW =
      new ValueStateDescriptor<>("window", WeirType.WINDOW_STATE);

  private final ForecastSettings settings;
  private final boolean inOrder;

  private transient ValueState<WindowState> windowState;
  private transient Windows windows;
  private transient KnownSeries known;
  private transient BroadcastState<String, ForecastModel> restoredModels; // until open
  private transient ModeForecaster[] forecasters; // by target
  private transient boolean modelsChanged; // since the forecasters were last told
  private transient BroadcastState<String, Long> modelTimes;
  transient ForecastMetrics metrics;

  ForecastFunction(ForecastSettings settings) {
    this.settings = settings;
    this.inOrder = settings.outOfOrderness().isZero();
  }

  @Override
  public void open(OpenContext context) throws Exception {
    windowState = getRuntimeContext().getState(WINDOW);
    windows =
        new Windows(settings.seqLen(), settings.stride(), settings.features(), settings.sampling());
    known = new KnownSeries(settings.limits(), getRuntimeContext());
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("weir");
    group.gauge("series", known::count);
    metrics = new ForecastMetrics(group);
    forecasters = new ModeForecaster[settings.targets().size()];
    for (int i = 0; i < forecasters.length; i++) {
      Target target = settings.targets().get(i);
      forecasters[i] =
          new ModeForecaster(
              target,
              settings.seqLen(),
              target.initialModel() == null ? null : read(target),
              target.learning() == null
                  ? null
                  : getRuntimeContext().getState(memory(target.mode())),
              metrics.mode(
                  target.mode(), target.learning() == null ? null : target.learning().learner()));
    }
    useModels(restoredModels); // now, so that no record waits until the network is compiled
    restoredModels = null;
    for (String kernel : Rnn.KERNELS) {
      group.addGroup("kernel", kernel).gauge("networks", () -> networksOn(kernel));
    }
  }

  private long networksOn(String kernel) {
    return Arrays.stream(forecasters).filter(f -> kernel.equals(f.kernel())).count();
  }

  boolean expires() {
    return known.expires();
  }

  /** How many series the restored state has. */
  void restored(long series) {
    known.count(series);
  }

  /** When the timer of the current, restored series is to fire. */
  long restoredTimer(WindowState state) throws IOException {
    return known.restoredTimer(state);
  }

  /** What was learned of a series, by mode. The state's name is part of each savepoint. */
  private static ValueStateDescriptor<SeriesMemory> memory(Mode mode) {
    return new ValueStateDescriptor<>("learned-" + mode.label(), WeirType.SERIES_MEMORY);
  }

  private ForecastModel read(Target target) throws IOException {
    ForecastModel model =
        ModelFiles.fromBytes(
            target.initialModel(),
            ModelFiles.Defaults.NONE,
            "initial model of " + target.mode().label());
    String problem = settings.problemWith(model, target);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return model;
  }

  /** A savepoint whose model does not fit the job's settings must not start to run. */
  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    BroadcastState<String, ForecastModel> models =
        context.getOperatorStateStore().getBroadcastState(MODELS);
    restoredModels = models;
    modelTimes = context.getOperatorStateStore().getBroadcastState(MODEL_TIMES);
    for (Target target : settings.targets()) {
      ForecastModel model = target.model() == null ? null : models.get(target.model());
      String problem = model == null ? null : settings.problemWith(model, target);
      if (problem != null) {
        throw new IllegalStateException(
            "the restored state and the job file disagree: "
                + problem
                + "; restore with the old settings, or name another model");
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    // all state is Flink's own: written when it changes, not here
  }

  @Override
  public void processBroadcastElement(ModelArrival arrival, Context context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof DeadLetter letter) {
      collectOnce(letter, out);
      return;
    }
    ModelUpdate update = (ModelUpdate) arrival;
    ForecastModel model = update.model();
    boolean wanted = false;
    for (Target target : settings.targets()) {
      if (model.name().equals(target.model())) {
        wanted = true;
        String problem = settings.problemWith(model, target);
        if (problem != null) {
          collectOnce(new DeadLetter(Reason.MODEL, problem, update.source()), out);
          return;
        }
      }
    }
    if (wanted) { // the topic may serve other jobs too
      context.getBroadcastState(MODELS).put(model.name(), model);
      modelTimes.put(model.name(), update.source().timestamp());
      modelsChanged = true;
      LOG.info("model {} version {} is active", model.name(), model.version());
      for (ModeForecaster forecaster : forecasters) {
        if (model.name().equals(forecaster.target().model())) {
          forecaster.use(model, update.source().timestamp());
        }
      }
    }
  }

  /** Each task sees each model, so only the first may report a bad one. */
  private void collectOnce(DeadLetter letter, Collector<Output> out) {
    LOG.warn("model refused: {} ({})", letter.message(), letter.source());
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      metrics.rejectedModels.inc();
      collect(letter, out);
    }
  }

  @Override
  public void processElement(Arrival arrival, ReadOnlyContext context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof DeadLetter letter) {
      collect(letter, out);
      return;
    }
    Observed observed = (Observed) arrival;
    Observation observation = observed.observation();
    metrics.observations.inc();
    if (observation.features().length != settings.features()) {
      String message =
          "features: expected %d, got %d"
              .formatted(settings.features(), observation.features().length);
      collect(new DeadLetter(Reason.FEATURES, message, observed.source()), out);
      return;
    }
    WindowState state = windowState.value();
    if (state == null) {
      if (known.isFull()) {
        collect(oneTooMany(observation, observed.source()), out);
        return;
      }
      known.added();
      state = windows.newState();
    } else {
      state = fitted(state, context.timerService());
    }
    long completeUpTo = inOrder ? Windows.IN_ORDER : context.timerService().currentWatermark();
    boolean changed = false;
    while (advance(state, completeUpTo)) { // left by a savepoint of more patience
      advanced(observation.series(), state, NO_RECORD, context, out);
      changed = true;
    }
    long time = windows.timeOf(state, observation);
    if (time <= completeUpTo) {
      startAnewAfterSilence(state, time);
    }
    long before = state.newestTime();
    Outcome outcome = windows.offer(state, observation, completeUpTo);
    changed |= outcome != Outcome.DUPLICATE && outcome != Outcome.LATE;
    if (outcome == Outcome.APPENDED) {
      advanced(observation.series(), state, observed.source().timestamp(), context, out);
    }
    if (changed) { // once a record: on RocksDB each write is paid for
      windowState.update(state);
    }
    switch (outcome) {
      case APPENDED -> known.touched(state, before, time, context.timerService());
      case PENDING -> {
        context.timerService().registerEventTimeTimer(windows.timeOf(state, observation));
        known.touched(state, before, time, context.timerService());
      }
      case CORRECTED -> metrics.corrections.inc();
      case DUPLICATE -> metrics.duplicates.inc();
      case LATE -> collect(late(observation, state, observed.source()), out);
    }
  }

  /**
   * As these windows need it. What waits may count as a later time now, with a timer of its own.
   */
  private WindowState fitted(WindowState state, TimerService timers) {
    WindowState fitted = windows.fit(state);
    for (int i = 0; fitted != state && i < fitted.pendingSize(); i++) {
      timers.registerEventTimeTimer(fitted.pendingTime(i));
    }
    return fitted;
  }

  private DeadLetter oneTooMany(Observation observation, SourceRecord source) {
    known.refused();
    String message =
        "series: expected one of the %d that this task knows (state.max-series), got a new one: %s"
            .formatted(known.count(), observation.series());
    return new DeadLetter(Reason.SERIES_LIMIT, message, source);
  }

  /** Appends the earliest waiting observation if it is complete; false when there is none. */
  private boolean advance(WindowState state, long completeUpTo) {
    if (state.pendingSize() > 0 && state.pendingTime(0) <= completeUpTo) {
      startAnewAfterSilence(state, state.pendingTime(0));
    }
    return windows.advance(state, completeUpTo);
  }

  /** Nothing that was known before a silence longer than the ttl has to do with what comes next. */
  private void startAnewAfterSilence(WindowState state, long next) {
    if (known.isSilence(state, next)) {
      state.forget();
      forgetLearned();
      metrics.expired.inc();
    }
  }

  private void forgetLearned() {
    for (ModeForecaster forecaster : forecasters) {
      forecaster.forget();
    }
  }

  private DeadLetter late(Observation observation, WindowState state, SourceRecord source) {
    long behind = state.lastTime() - observation.time();
    String message =
        windows.timeOf(state, observation) == state.lastTime()
            ? "time: expected after %s, got another value for that very time%s"
                .formatted(
                    Instant.ofEpochMilli(state.lastTime()),
                    behind == 0
                        ? ""
                        : ", which %s counts as"
                            .formatted(Instant.ofEpochMilli(observation.time())))
            : "time: expected after %s, got %s, late by %s"
                .formatted(
                    Instant.ofEpochMilli(state.lastTime()),
                    Instant.ofEpochMilli(observation.time()),
                    Duration.ofMillis(behind));
    return new DeadLetter(Reason.LATE, message, source);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Output> out)
      throws Exception {
    WindowState state = windowState.value();
    if (state == null) {
      return;
    }
    state = fitted(state, context.timerService());
    boolean changed = false;
    while (advance(state, timestamp)) {
      changed = true;
      advanced(context.getCurrentKey(), state, NO_RECORD, context, out);
    }
    if (changed) {
      windowState.update(state);
    }
    if (known.isOver(state, timestamp, context.timerService())) {
      windowState.clear();
      forgetLearned();
      known.dropped();
      metrics.expired.inc();
    }
  }

  /**
   * The series has moved on by one observation: learn from it, and forecast if a window is due.
   *
   * @param recordTime Kafka's timestamp of the observation's record, or {@link #NO_RECORD}
   */
  private void advanced(
      String series,
      WindowState state,
      long recordTime,
      ReadOnlyContext context,
      Collector<Output> out)
      throws Exception {
    if (modelsChanged) { // looked up when one has come, not for each observation
      useModels(context.getBroadcastState(MODELS));
    }
    if (windows.missing() > 0) {
      metrics.gaps.inc();
      metrics.missing.inc(windows.missing());
    }
    boolean due = windows.isDue(state);
    boolean sampled = due && metrics.isSampled();
    long bytes = state.bytes();
    SequenceWindow window = null;
    for (ModeForecaster forecaster : forecasters) {
      if (!due && !forecaster.learns()) {
        continue;
      }
      if (window == null) {
        window = windows.window(series, state);
      }
      long start = sampled ? System.nanoTime() : 0;
      SeriesMemory memory = null;
      if (forecaster.learns()) {
        memory = forecaster.learn(window);
        metrics.skippedUpdates.inc(forecaster.newlySkippedUpdates());
        metrics.restarts.inc(forecaster.newRestarts());
        bytes += memory.bytes();
      }
      if (due) {
        Forecast forecast = forecaster.forecast(window, memory);
        if (sampled) {
          forecaster.metrics().took(System.nanoTime() - start);
        }
        metrics.forecast(forecast.status());
        out.collect(forecast);
      }
      if (memory != null && forecaster.isScoreDue(memory)) {
        metrics.scores.inc();
        out.collect(forecaster.score(window, memory));
      }
    }
    if (sampled) {
      metrics.sampled(window.origin(), recordTime, bytes);
    }
  }

  private void useModels(ReadOnlyBroadcastState<String, ForecastModel> models) throws Exception {
    for (ModeForecaster forecaster : forecasters) {
      String model = forecaster.target().model();
      if (model == null || !models.contains(model)) {
        forecaster.use(null, ModeForecaster.NO_TIME);
      } else { // a savepoint of an earlier build has models without a time
        Long time = modelTimes.get(model);
        forecaster.use(models.get(model), time == null ? ModeForecaster.NO_TIME : time);
      }
    }
    modelsChanged = false;
  }

  private void collect(DeadLetter letter, Collector<Output> out) {
    metrics.deadLetter(letter.reason());
    out.collect(letter);
  }
}
