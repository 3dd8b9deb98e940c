package dev.weir.stream;

import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.model.ForecastModel;
import dev.weir.model.Model;
import dev.weir.rnn.Kernels;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
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
    extends KeyedBroadcastProcessFunction<String, InputEvent, ModelEvent, Output>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ForecastFunction.class);

  /** Models by name. The state's name is part of each savepoint and never changes. */
  static final MapStateDescriptor<String, ForecastModel> MODELS =
      new MapStateDescriptor<>("models", Types.STRING, WeirTypeInformation.MODEL);

  /** Kafka's time of each of those models. The state's name is part of each savepoint. */
  private static final MapStateDescriptor<String, Long> MODEL_TIMES =
      new MapStateDescriptor<>("model-times", Types.STRING, Types.LONG);

  private final ForecastSettings settings;

  private transient OperatorSeriesContext seriesContext;
  private transient SeriesForecaster series;
  private transient BroadcastState<String, ForecastModel> restoredModels; // until open
  private transient boolean modelsChanged; // since the forecasters were last told
  private transient BroadcastState<String, Long> modelTimes;
  transient ForecastMetrics metrics;
  private transient Consumer<String> keys; // selects a series
  private transient long cache;
  private transient SampleOutput samples; // null without shared learning
  private transient Consumer<MemberSurprise> groups; // null without groups

  ForecastFunction(ForecastSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("weir");
    metrics = new ForecastMetrics(group);
    seriesContext =
        new OperatorSeriesContext(
            getRuntimeContext(), settings, metrics, keys, cache, samples, groups);
    SeriesStore store = seriesContext.store();
    group.gauge("series", seriesContext.counter()::count);
    group.gauge("cachedSeries", store::cached);
    group.gauge("cacheMisses", store::misses);
    series = new SeriesForecaster(settings, seriesContext);
    store.forecaster(series);
    for (int i = 0; i < settings.targets().size(); i++) {
      int target = i;
      seriesContext
          .metrics(settings.targets().get(i).mode())
          .model(() -> series.modelVersion(target), () -> series.modelAgeSeconds(target));
    }
    useModels(restoredModels); // now, so that no record waits until the network is compiled
    for (Target target : settings.targets()) {
      if (samples != null && target.model() != null && restoredModels.contains(target.model())) {
        active(target, restoredModels.get(target.model()), true);
      }
    }
    restoredModels = null;
    for (String kernel : Kernels.KERNELS) {
      group.addGroup("kernel", kernel).gauge("networks", () -> series.networksOn(kernel));
    }
  }

  /**
   * Before it is opened.
   *
   * @param keys selects a series
   * @param bytes for cached series; 0 for none
   */
  void cache(Consumer<String> keys, long bytes) {
    this.keys = keys;
    this.cache = bytes;
  }

  /** Before it is opened: where samples for shared learning go. */
  void samples(SampleOutput samples) {
    this.samples = samples;
  }

  /** Before it is opened: where surprises of members of groups go. */
  void groups(Consumer<MemberSurprise> groups) {
    this.groups = groups;
  }

  /** Tells shared learning of a model; each task sees each model, so only the first does. */
  private void active(Target target, ForecastModel model, boolean restored) {
    if (samples != null && getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      samples.active(target.mode(), model, restored);
    }
  }

  private void use(int target, ForecastModel published, long time) {
    if (samples != null && published != null) {
      samples.use(settings.targets().get(target).mode(), published);
    }
    if (series.use(target, published, time)) {
      LOG.info(
          "{}: kernel {}", settings.targets().get(target).mode().label(), series.kernel(target));
    }
  }

  /** What is known of the series. */
  SeriesStore store() {
    return seriesContext.store();
  }

  /** The operator is open: sees to the series that were restored. */
  void restored(ForecastOperator operator) throws Exception {
    store().restored(operator.getKeyedStateBackend());
    seriesContext.counter().restored(operator, SeriesStore.WINDOW, series.order(), seriesContext);
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
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    seriesContext.store().flush(); // the rest is written when it changes
  }

  @Override
  public void processBroadcastElement(ModelEvent arrival, Context context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof DeadLetter letter) {
      collectOnce(letter, out);
      return;
    }
    if (arrival instanceof ClassifierUpdate classifier) {
      refuse(classifier, out);
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
      seriesContext.store().modelChanged();
      LOG.info("model {} version {} is active", model.name(), model.version());
      for (int i = 0; i < settings.targets().size(); i++) {
        if (model.name().equals(settings.targets().get(i).model())) {
          use(i, model, update.source().timestamp());
          active(settings.targets().get(i), model, false);
        }
      }
    }
  }

  /** A classifier is for other jobs, unless it has the name of a model of this one. */
  private void refuse(ClassifierUpdate classifier, Collector<Output> out) {
    for (Target target : settings.targets()) {
      if (classifier.model().name().equals(target.model())) {
        String problem = settings.problemWith((Model) classifier.model(), target);
        collectOnce(new DeadLetter(Reason.MODEL, problem, classifier.source()), out);
        return;
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
  public void processElement(InputEvent arrival, ReadOnlyContext context, Collector<Output> out)
      throws Exception {
    if (arrival instanceof DeadLetter letter) {
      collect(letter, out);
      return;
    }
    ObservationEvent observed = (ObservationEvent) arrival;
    Observation observation = observed.observation();
    metrics.observations.inc();
    String problem = series.problemWith(observation);
    if (problem != null) {
      collect(new DeadLetter(Reason.FEATURES, problem, observed.source()), out);
      return;
    }
    seriesContext.at(context.timerService(), out, observation.series());
    if (modelsChanged) { // looked up when one has come, not for each observation
      useModels(context.getBroadcastState(MODELS));
    }
    series.observe(observation, observed.source());
    seriesContext.store().done();
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Output> out)
      throws Exception {
    seriesContext.at(context.timerService(), out, context.getCurrentKey());
    if (modelsChanged) {
      useModels(context.getBroadcastState(MODELS));
    }
    series.wake(context.getCurrentKey(), timestamp);
    seriesContext.store().done();
  }

  private void useModels(ReadOnlyBroadcastState<String, ForecastModel> models) throws Exception {
    for (int i = 0; i < settings.targets().size(); i++) {
      String model = settings.targets().get(i).model();
      if (model == null || !models.contains(model)) {
        use(i, null, SeriesForecaster.NO_TIME);
      } else {
        use(i, models.get(model), modelTimes.get(model));
      }
    }
    modelsChanged = false;
  }

  private void collect(DeadLetter letter, Collector<Output> out) {
    metrics.deadLetter(letter.reason());
    out.collect(letter);
  }
}
