package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Keeps what outside models forecast of each series and attaches to an observation what they had
 * said of the steps after it by its time. Of a step, the newest forecast counts that says something
 * of it. Where the settings do not list the models, those of a series take its slots in the order
 * of their first forecasts, by when these were made and by name, and keep them.
 *
 * <p>Observations and forecasts wait for the watermark and are used by event time, a forecast
 * before an observation of the time that it was made at; so nothing depends on the order in which
 * the topics are read. A forecast that comes when the watermark has passed it counts from then on;
 * a late observation is joined at once, with what is still known of its time.
 */
final class OutsideFunction
    extends KeyedCoProcessFunction<String, InputEvent, CovariateEvent, InputEvent> {

  private static final long serialVersionUID = 1L;

  // the states' names are part of each savepoint

  private static final ValueStateDescriptor<OutsideForecasts> FORECASTS =
      new ValueStateDescriptor<>(
          "outside",
          WeirTypeInformation.of(OutsideForecasts.class, OutsideForecastsSerializer.INSTANCE));

  /** Those of a time, its namespace: RocksDB appends to a list without reading it. */
  static final ListStateDescriptor<Either<InputEvent, CovariateEvent>> WAITING =
      new ListStateDescriptor<>(
          "waiting", Types.EITHER(WeirTypeInformation.INPUT_EVENT, CovariateJoin.EVENTS));

  /** Of forecasts that were made at the same time, the last one counts. */
  private static final Comparator<OutsideUpdate> ORDER =
      Comparator.comparing(OutsideUpdate::model)
          .thenComparing(OutsideUpdate::times, Arrays::compare)
          .thenComparing(OutsideUpdate::rows, Arrays::compare);

  private final OutsideSettings settings;
  private transient ValueState<OutsideForecasts> forecasts;
  private transient InternalListState<String, Long, Either<InputEvent, CovariateEvent>> waiting;
  private transient int[] steps; // scratch
  private transient Counter received;
  private transient Counter late;
  private transient Counter missing;
  private transient Counter ignored;

  OutsideFunction(OutsideSettings settings) {
    this.settings = settings;
  }

  /** Before it is opened: only an operator has lists by time. */
  void waiting(InternalListState<String, Long, Either<InputEvent, CovariateEvent>> waiting) {
    this.waiting = waiting;
  }

  @Override
  public void open(OpenContext context) {
    forecasts = getRuntimeContext().getState(FORECASTS);
    steps = new int[settings.horizon()];
    register(getRuntimeContext().getMetricGroup());
  }

  void register(MetricGroup operator) {
    MetricGroup metrics = operator.addGroup("weir");
    received = metrics.counter("outsideForecasts");
    late = metrics.counter("lateOutsideForecasts");
    missing = metrics.counter("missingOutsideSteps");
    ignored = metrics.counter("ignoredOutsideForecasts");
  }

  @Override
  public void processElement1(InputEvent event, Context context, Collector<InputEvent> out)
      throws Exception {
    if (!(event instanceof ObservationEvent observed)) {
      out.collect(event);
    } else if (!waits(observed.observation().time(), Either.Left(event), context)) {
      out.collect(joined(kept(), observed));
    }
  }

  @Override
  public void processElement2(CovariateEvent event, Context context, Collector<InputEvent> out)
      throws Exception {
    if (event instanceof DeadLetter letter) {
      out.collect(letter);
      return;
    }
    OutsideUpdate update = (OutsideUpdate) event;
    received.inc();
    if (!waits(update.made(), Either.Right(event), context)) {
      late.inc();
      learn(kept(), update, context.timerService().currentWatermark(), context.timerService());
    }
  }

  /** Lets an event wait for the watermark; returns whether it has to. */
  private boolean waits(long time, Either<InputEvent, CovariateEvent> event, Context context)
      throws Exception {
    if (time <= context.timerService().currentWatermark()) {
      return false;
    }
    waiting.setCurrentNamespace(time);
    waiting.add(event);
    context.timerService().registerEventTimeTimer(time);
    return true;
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<InputEvent> out)
      throws Exception {
    List<OutsideUpdate> made = new ArrayList<>();
    List<ObservationEvent> observed = new ArrayList<>();
    waiting.setCurrentNamespace(time);
    Iterable<Either<InputEvent, CovariateEvent>> events = waiting.get();
    if (events != null) {
      for (Either<InputEvent, CovariateEvent> event : events) {
        if (event.isLeft()) {
          observed.add((ObservationEvent) event.left());
        } else {
          made.add((OutsideUpdate) event.right());
        }
      }
      waiting.clear();
    }
    OutsideForecasts kept = kept();
    boolean isDue = kept.timer == time;
    kept.timer = isDue ? OutsideForecasts.NO_TIMER : kept.timer;
    made.sort(ORDER);
    for (OutsideUpdate update : made) {
      learn(kept, update, time, context.timerService());
    }
    for (ObservationEvent event : observed) {
      out.collect(joined(kept, event));
    }
    if (isDue) {
      drop(kept, time, context.timerService());
    }
  }

  /** Drops what is forecast, and names of models only once there was none for the time to live. */
  private void drop(OutsideForecasts kept, long now, TimerService timers) throws Exception {
    long ttl = settings.ttl().toMillis();
    if (kept.end > now) {
      kept.timer = kept.end;
    } else if (settings.isListed() || ttl > 0 && kept.end + ttl <= now) {
      forecasts.clear();
      return;
    } else {
      kept.byModel.values().forEach(each -> each.dropUpTo(now));
      kept.timer = ttl > 0 ? kept.end + ttl : OutsideForecasts.NO_TIMER;
    }
    save(kept, timers);
  }

  private void save(OutsideForecasts kept, TimerService timers) throws Exception {
    forecasts.update(kept);
    if (kept.timer != OutsideForecasts.NO_TIMER) {
      timers.registerEventTimeTimer(kept.timer); // the same one is set once
    }
  }

  /**
   * Keeps what a forecast says of times to come, unless a newer one has said it.
   *
   * @param now all observations that wait are of this time or later
   */
  private void learn(OutsideForecasts kept, OutsideUpdate update, long now, TimerService timers)
      throws Exception {
    int columns = settings.columns();
    List<String> named = models(kept);
    boolean isNamed = named.contains(update.model());
    if (settings.isListed() && !isNamed
        || update.rows().length != update.times().length * columns) {
      return; // it has waited in a savepoint of other settings
    }
    if (!isNamed && named.size() == settings.slots()) {
      ignored.inc();
      return;
    }
    GroupCovariates known = kept.byModel.get(update.model());
    if (known == null || known.features() != 1 + columns) { // other columns in a savepoint
      known = new GroupCovariates(1 + columns);
    }
    known.dropUpTo(now);
    double[] row = new double[1 + columns];
    row[0] = update.made();
    for (int i = 0; i < update.times().length; i++) {
      long time = update.times()[i];
      if (time <= now || Double.isNaN(update.rows()[i * columns])) {
        continue; // no forecast
      }
      int index = known.indexOf(time);
      if (index < 0 || known.feature(index, 0) <= update.made()) {
        System.arraycopy(update.rows(), i * columns, row, 1, columns);
        known.put(time, row, settings.keep(), now);
      }
    }
    if (known.size() > 0) {
      kept.end = Math.max(kept.end, known.newest());
      kept.timer = Math.min(kept.timer, kept.end);
    } else if (!kept.byModel.containsKey(update.model())) {
      return;
    }
    if (settings.isListed()) {
      kept.byModel.keySet().retainAll(settings.models()); // of a savepoint with others
    }
    kept.byModel.put(update.model(), known);
    save(kept, timers);
  }

  /** What is kept of the series; to be saved if it is changed. */
  private OutsideForecasts kept() throws IOException {
    OutsideForecasts kept = forecasts.value();
    return kept == null ? new OutsideForecasts() : kept;
  }

  /** The models of the series, by slot. */
  private List<String> models(OutsideForecasts kept) {
    return settings.isListed()
        ? settings.models()
        : kept.byModel.keySet().stream().limit(settings.slots()).toList(); // a savepoint has more
  }

  private ObservationEvent joined(OutsideForecasts kept, ObservationEvent event) {
    Observation o = event.observation();
    int width = settings.width();
    int covariates = settings.covariates();
    double[] all = new double[settings.horizon() * width];
    Arrays.fill(all, Double.NaN);
    int last = 0; // step that something is known of
    if (covariates > 0) {
      last = Math.min(settings.horizon(), o.ahead().length / covariates);
      for (int k = 0; k < last; k++) {
        System.arraycopy(o.ahead(), k * covariates, all, k * width, covariates);
      }
    }
    List<String> named = models(kept);
    for (int m = 0; m < named.size(); m++) {
      last = Math.max(last, copy(o.time(), kept.byModel.get(named.get(m)), all, m));
    }
    double[] known = last == 0 ? Observation.NO_FEATURES : Arrays.copyOf(all, last * width);
    return new ObservationEvent(
        o.withAhead(known, settings.isListed() ? null : named), event.source());
  }

  /** Copies what a model had said by a time; returns the last step that it covers, from 1. */
  private int copy(long time, GroupCovariates known, double[] all, int place) {
    int columns = settings.columns();
    boolean isKnown = known != null && known.features() == 1 + columns; // in a savepoint others
    int found = !isKnown ? 0 : known.find(time, settings.interval(), steps);
    int covered = 0;
    int last = 0;
    for (int k = 0; found > 0 && k < steps.length; k++) {
      int index = steps[k];
      if (index >= 0 && known.feature(index, 0) <= time) { // else the observation is late
        int at = k * settings.width() + settings.covariates() + place * (columns + 1);
        for (int c = 0; c < columns; c++) {
          all[at + c] = known.feature(index, 1 + c);
        }
        all[at + columns] = (time - known.feature(index, 0)) / 1000;
        covered++;
        last = k + 1;
      }
    }
    missing.inc(steps.length - covered);
    return last;
  }
}
