package dev.weir.stream;

import dev.weir.classify.series.ClassContext;
import dev.weir.classify.series.ClassState;
import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.model.ClassifierModel;
import java.io.IOException;
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
 * The keyed operator that classifies: knows state and time only; the arithmetic is in {@link
 * SeriesClassifier}. The model is in broadcast state: the newest that the model topic brought;
 * until it brings one, the initial one of the job.
 */
final class ClassifyFunction
    extends KeyedBroadcastProcessFunction<String, InputEvent, ModelEvent, Output>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ClassifyFunction.class);

  /** The model by its name. The state's name is part of each savepoint and never changes. */
  static final MapStateDescriptor<String, ClassifierModel> MODELS =
      new MapStateDescriptor<>("classifiers", Types.STRING, WeirTypeInformation.CLASSIFIER);

  /** Each series that is known has one. The state's name is part of each savepoint. */
  static final ValueStateDescriptor<ClassState> SERIES =
      new ValueStateDescriptor<>("classes", WeirTypeInformation.CLASS_STATE);

  private final ClassifySettings settings;
  private final boolean isAlone;

  private transient ValueState<ClassState> state;
  private transient ValueState<Long> expiry; // null without a ttl
  private transient Task task;
  private transient SeriesClassifier series;
  private transient SeriesCounter counter;
  transient ClassMetrics metrics;
  private transient BroadcastState<String, ClassifierModel> restoredModels; // until open

  /**
   * @param isAlone whether no other operator of the job reports bad observations
   */
  ClassifyFunction(ClassifySettings settings, boolean isAlone) {
    this.settings = settings;
    this.isAlone = isAlone;
  }

  /** What a {@link SeriesClassifier} sees of this task, during a call. */
  private final class Task implements ClassContext {
    private TimerService timers;
    private Collector<Output> out;

    private void at(TimerService timers, Collector<Output> out) {
      this.timers = timers;
      this.out = out;
    }

    @Override
    public void collect(Output output) {
      if (output instanceof Classification classification) {
        metrics.classification(classification.status());
        out.collect(output);
      } else {
        refuse((DeadLetter) output, out);
      }
    }

    @Override
    public void count(Counted what) {
      metrics.count(what);
      if (what == Counted.RESUMED) {
        counter.resumed();
      }
    }

    @Override
    public void labelled(boolean isRight, double logLoss, long delay) {
      metrics.labelled(isRight, logLoss, delay);
    }

    @Override
    public Long expiry() throws IOException {
      return expiry.value();
    }

    @Override
    public void expiry(Long time) throws IOException {
      expiry.update(time);
    }

    @Override
    public long watermark() {
      return timers.currentWatermark();
    }

    @Override
    public long now() {
      return timers.currentProcessingTime();
    }

    @Override
    public void wakeAt(long time) {
      timers.registerEventTimeTimer(time);
    }
  }

  @Override
  public void open(OpenContext context) throws Exception {
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("weir");
    metrics = new ClassMetrics(group, isAlone);
    counter = new SeriesCounter(new StateLimits(settings.ttl(), settings.maxSeries()));
    state = getRuntimeContext().getState(SERIES);
    expiry = settings.ttl().isZero() ? null : getRuntimeContext().getState(SeriesCounter.EXPIRY);
    task = new Task();
    series = new SeriesClassifier(settings, task);
    use(restoredModels);
    restoredModels = null;
    group.gauge(isAlone ? "series" : "classifiedSeries", counter::count);
    group.gauge("classifierVersion", series::modelVersion);
  }

  /** The operator is open: sees to the series that were restored. */
  void restored(ClassifyOperator operator) throws Exception {
    counter.restored(operator, SERIES, series.order(), task);
  }

  private void use(ReadOnlyBroadcastState<String, ClassifierModel> models) throws Exception {
    if (settings.model() != null && models.contains(settings.model())) {
      series.use(models.get(settings.model()));
    }
  }

  /** A savepoint whose model does not fit the job's settings must not start to run. */
  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    restoredModels = context.getOperatorStateStore().getBroadcastState(MODELS);
    ClassifierModel model = settings.model() == null ? null : restoredModels.get(settings.model());
    String problem = model == null ? null : settings.problemWith(model);
    if (problem != null) {
      throw new IllegalStateException(
          "the restored state and the job file disagree: "
              + problem
              + "; restore with the old settings, or name another model");
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    // all state is Flink's own: written when it changes, not here
  }

  @Override
  public void processBroadcastElement(ModelEvent arrival, Context context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof ClassifierUpdate update) {
      ClassifierModel model = update.model();
      if (!model.name().equals(settings.model())) {
        return; // the topic may serve other jobs too
      }
      String problem = settings.problemWith(model);
      if (problem != null) {
        refuseOnce(new DeadLetter(Reason.MODEL, problem, update.source()), out);
        return;
      }
      context.getBroadcastState(MODELS).put(model.name(), model);
      series.use(model);
      LOG.info("classifier {} version {} is active", model.name(), model.version());
    } else if (arrival instanceof ModelUpdate update) {
      if (update.model().name().equals(settings.model())) {
        String problem = settings.problemWith(update.model());
        refuseOnce(new DeadLetter(Reason.MODEL, problem, update.source()), out);
      }
    } else if (isAlone) {
      refuseOnce((DeadLetter) arrival, out);
    }
  }

  /** Each task sees each model, so only the first may report a bad one. */
  private void refuseOnce(DeadLetter letter, Collector<Output> out) {
    LOG.warn("model refused: {} ({})", letter.message(), letter.source());
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      metrics.rejectedModels.inc();
      metrics.deadLetter(letter.reason());
      out.collect(letter);
    }
  }

  /** Observations are reported by the operator that forecasts, if there is one. */
  private void refuse(DeadLetter letter, Collector<Output> out) {
    if (isAlone || letter.reason() == Reason.LABEL) {
      report(letter, out);
    }
  }

  private void report(DeadLetter letter, Collector<Output> out) {
    metrics.deadLetter(letter.reason());
    out.collect(letter);
  }

  @Override
  public void processElement(InputEvent arrival, ReadOnlyContext context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof DeadLetter letter) {
      metrics.deadLetter(letter.reason());
      out.collect(letter);
      return;
    }
    task.at(context.timerService(), out);
    if (arrival instanceof LabelEvent label) {
      label(label, out);
      return;
    }
    observe((ObservationEvent) arrival, out);
  }

  private void label(LabelEvent label, Collector<Output> out) throws IOException {
    ClassState known = state.value();
    boolean isNew = known == null;
    if (isNew && counter.isFull()) {
      report(counter.refused(label.series(), label.source()), out);
      return;
    }
    known = series.fitted(known);
    if (series.label(known, label)) { // else nothing is to be remembered
      if (isNew) {
        counter.added();
      }
      state.update(known);
    }
  }

  private void observe(ObservationEvent observed, Collector<Output> out) throws IOException {
    Observation observation = observed.observation();
    metrics.observations.inc();
    int features = settings.channels() - 1;
    if (observation.features().length != features) {
      String message =
          "features: expected %d, got %d".formatted(features, observation.features().length);
      refuse(new DeadLetter(Reason.FEATURES, message, observed.source()), out);
      return;
    }
    ClassState known = state.value();
    if (known == null && counter.isFull()) {
      refuse(counter.refused(observation.series(), observed.source()), out);
      return;
    }
    if (known == null) {
      counter.added();
    }
    state.update(series.observe(known, observation, observed.source()));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Output> out)
      throws Exception {
    ClassState known = state.value();
    if (known == null) {
      return;
    }
    task.at(context.timerService(), out);
    if (series.wake(context.getCurrentKey(), known, timestamp)) {
      state.update(known);
    } else {
      state.clear();
      counter.dropped();
    }
  }
}
