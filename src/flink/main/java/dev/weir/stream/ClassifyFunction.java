package dev.weir.stream;

import dev.weir.classify.ClassResult;
import dev.weir.classify.ClassState;
import dev.weir.classify.ClassifySettings;
import dev.weir.classify.SeriesClassifier;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesResult;
import dev.weir.forecast.window.SeriesState;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Model;
import dev.weir.state.ResultCounters;
import java.io.IOException;
import java.util.Set;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;

/** The keyed operator that classifies: state and time for a {@link SeriesClassifier}. */
final class ClassifyFunction extends SeriesFunction<ClassifierModel> {

  private static final long serialVersionUID = 1L;

  /** The model by its name. The state's name is part of each savepoint and never changes. */
  static final MapStateDescriptor<String, ClassifierModel> MODELS =
      new MapStateDescriptor<>("classifiers", Types.STRING, WeirTypeInformation.CLASSIFIER);

  private final ClassifySettings settings;
  private final boolean isAlone;

  private transient ClassStore store;
  private transient SeriesState<ClassState> state; // of the current call, as the next
  private transient ClassResult result;
  private transient SeriesClassifier series;
  private transient ClassMetrics measured;

  /**
   * @param isAlone whether no other operator of the job reports bad observations
   */
  ClassifyFunction(ClassifySettings settings, boolean isAlone) {
    super(MODELS, ClassifierModel.class, settings.limits(), isAlone);
    this.settings = settings;
    this.isAlone = isAlone;
  }

  @Override
  ResultCounters start(MetricGroup group, MetricGroup counts) throws Exception {
    measured = new ClassMetrics(group);
    store = new ClassStore(getRuntimeContext(), settings, keys, cache);
    series = new SeriesClassifier(settings, this::now);
    for (String name : modelNames()) {
      if (models.contains(name)) {
        series.use(models.get(name));
      }
    }
    group.gauge(isAlone ? "series" : "classifiedSeries", counter::count);
    group.gauge("classifierVersion", series::modelVersion);
    return ResultCounters.ofClasses(group, counts);
  }

  /** The operator is open: sees to the series that were restored. */
  void restored(ClassifyOperator operator) throws Exception {
    counter.restored(
        operator,
        ClassStore.SERIES,
        state -> series.order().timerAfter(state.newestTime()),
        store.expiry);
  }

  @Override
  Set<String> modelNames() {
    return settings.model() == null ? Set.of() : Set.of(settings.model());
  }

  @Override
  String problemWith(Model model) {
    return settings.problemWith(model);
  }

  @Override
  void use(ClassifierModel model, SourceRecord source) throws IOException {
    series.use(model);
  }

  @Override
  String problemWith(Observation observation) {
    int features = settings.channels() - 1;
    int got = observation.features().length;
    return got == features ? null : "features: expected %d, got %d".formatted(features, got);
  }

  @Override
  SeriesState<?> load(String name) throws IOException {
    state = store.at(name);
    return state;
  }

  @Override
  ClassStore store() {
    return store;
  }

  @Override
  SeriesResult take(InputEvent arrival, long watermark) throws IOException {
    result =
        arrival instanceof LabelEvent label
            ? series.label(state, label, watermark)
            : series.observe(
                state, ((ObservationEvent) arrival).observation(), arrival.source(), watermark);
    return result;
  }

  @Override
  SeriesResult wake(String name, long timestamp, long watermark) throws IOException {
    result = series.wake(name, state, timestamp, watermark);
    return result;
  }

  @Override
  void sent(String name, long recordTime) {
    result.labelled().forEach(measured::labelled);
  }
}
