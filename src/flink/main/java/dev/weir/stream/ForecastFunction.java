package dev.weir.stream;

import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastResult;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.engine.ModeForecaster;
import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.window.SeriesResult;
import dev.weir.forecast.window.SeriesState;
import dev.weir.model.ForecastModel;
import dev.weir.model.Model;
import dev.weir.rnn.Kernels;
import dev.weir.state.ResultCounters;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keyed operator that forecasts: state and time for a {@link SeriesForecaster}. */
final class ForecastFunction extends SeriesFunction<ForecastModel> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ForecastFunction.class);

  /** Models by name. The state's name is part of each savepoint and never changes. */
  static final MapStateDescriptor<String, ForecastModel> MODELS =
      new MapStateDescriptor<>("models", Types.STRING, WeirTypeInformation.MODEL);

  /** Kafka's time of each of those models. The state's name is part of each savepoint. */
  private static final MapStateDescriptor<String, Long> MODEL_TIMES =
      new MapStateDescriptor<>("model-times", Types.STRING, Types.LONG);

  private final ForecastSettings settings;

  private transient SeriesStore store;
  private transient SeriesForecaster series;
  private transient ForecastResult result;
  private transient ForecastState state; // of the current call
  private transient BroadcastState<String, Long> modelTimes;
  private transient ForecastMetrics measured;

  ForecastFunction(ForecastSettings settings) {
    super(MODELS, ForecastModel.class, settings.limits(), true);
    this.settings = settings;
  }

  @Override
  ResultCounters start(MetricGroup group, MetricGroup counts) throws Exception {
    List<ModeSettings> modes = settings.modes();
    measured = new ForecastMetrics(group, modes);
    series = new SeriesForecaster(settings, this::now);
    result = series.result();
    store = new SeriesStore(getRuntimeContext(), settings, series.windowBefore(), keys, cache);
    group.gauge("series", counter::count);
    for (int i = 0; i < modes.size(); i++) {
      ModeForecaster mode = series.mode(i);
      measured.mode(i).model(mode::modelVersion, mode::modelAgeSeconds);
      use(i); // now, so that no record waits until the network is compiled
    }
    for (String kernel : Kernels.KERNELS) {
      group.addGroup("kernel", kernel).gauge("networks", () -> series.networksOn(kernel));
    }
    return ResultCounters.ofForecasts(counts);
  }

  @Override
  SeriesStore store() {
    return store;
  }

  /** The operator is open: sees to the series that were restored. */
  void restored(ForecastOperator operator) throws Exception {
    store.restored(operator.getKeyedStateBackend());
    counter.restored(
        operator,
        SeriesStore.WINDOW,
        state -> series.order().timerAfter(state.newestTime()),
        store.expiry);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    super.initializeState(context);
    modelTimes = context.getOperatorStateStore().getBroadcastState(MODEL_TIMES);
  }

  @Override
  Set<String> modelNames() {
    return settings.modes().stream()
        .map(ModeSettings::model)
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  @Override
  String problemWith(Model model) {
    for (ModeSettings mode : settings.modes()) {
      if (model.name().equals(mode.model())) {
        String problem = settings.problemWith(model, mode);
        if (problem != null) {
          return problem;
        }
      }
    }
    return null;
  }

  @Override
  void use(ForecastModel model, SourceRecord source) throws Exception {
    modelTimes.put(model.name(), source.timestamp());
    store.modelChanged();
    for (int i = 0; i < settings.modes().size(); i++) {
      if (model.name().equals(settings.modes().get(i).model())) {
        use(i);
      }
    }
  }

  private void use(int number) throws Exception {
    ModeForecaster mode = series.mode(number);
    String name = settings.modes().get(number).model();
    ForecastModel published = name == null ? null : models.get(name);
    long time = published == null ? SeriesForecaster.NO_TIME : modelTimes.get(name);
    if (mode.use(published, time)) {
      LOG.info("{}: kernel {}", mode.mode().label(), mode.kernel());
    }
  }

  @Override
  String problemWith(Observation observation) {
    return series.problemWith(observation);
  }

  @Override
  SeriesState<?> load(String name) throws IOException {
    state = store.at(name);
    return state;
  }

  @Override
  SeriesResult take(InputEvent arrival, long watermark) throws IOException {
    result.wantNanos(measured.isNextSampled());
    Observation observation = ((ObservationEvent) arrival).observation();
    return series.observe(state, observation, arrival.source(), watermark);
  }

  @Override
  String dismiss(FeedbackEvent dismissed) throws IOException {
    return series.dismiss(state, dismissed);
  }

  @Override
  SeriesResult wake(String name, long timestamp, long watermark) throws IOException {
    result.wantNanos(measured.isNextSampled());
    return series.wake(name, state, timestamp, watermark);
  }

  @Override
  void sent(Output output) {
    measured.sent(output);
  }

  @Override
  void sent(String name, long recordTime) {
    measured.sent(name, result, recordTime);
    if (result.hasLearned()) {
      store.observed(result.window(), result.isRepeatable());
    }
  }
}
