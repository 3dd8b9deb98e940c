package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.stream.WeirTypeInformation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
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

  /** By model. Of each time: when its forecast was made, then the columns. */
  private static final MapStateDescriptor<String, GroupCovariates> FORECASTS =
      new MapStateDescriptor<>(
          "outside",
          Types.STRING,
          WeirTypeInformation.of(GroupCovariates.class, GroupCovariatesSerializer.INSTANCE));

  private static final MapStateDescriptor<Long, List<InputEvent>> OBSERVATIONS =
      waiting("observations", WeirTypeInformation.INPUT_EVENT);

  private static final MapStateDescriptor<Long, List<CovariateEvent>> UPDATES =
      waiting("updates", CovariateJoin.EVENTS);

  private static final ValueStateDescriptor<List<String>> MODELS =
      new ValueStateDescriptor<>("models", Types.LIST(Types.STRING));

  private static final ValueStateDescriptor<Long> END =
      new ValueStateDescriptor<>("end", Types.LONG);

  /** Of forecasts that were made at the same time, the last one counts. */
  private static final Comparator<OutsideUpdate> ORDER =
      Comparator.comparing(OutsideUpdate::model)
          .thenComparing(OutsideUpdate::times, Arrays::compare)
          .thenComparing(OutsideUpdate::rows, Arrays::compare);

  private final OutsideSettings settings;
  private transient MapState<String, GroupCovariates> forecasts;
  private transient MapState<Long, List<InputEvent>> observations; // by time
  private transient MapState<Long, List<CovariateEvent>> updates; // by when they were made
  private transient ValueState<List<String>> models; // by slot, where they are not listed
  private transient ValueState<Long> end; // the last time forecast, when all can be dropped
  private transient int[] steps; // scratch
  private transient Counter received;
  private transient Counter late;
  private transient Counter missing;
  private transient Counter ignored;

  OutsideFunction(OutsideSettings settings) {
    this.settings = settings;
  }

  private static <T> MapStateDescriptor<Long, List<T>> waiting(
      String name, TypeInformation<T> type) {
    return new MapStateDescriptor<>(name, Types.LONG, Types.LIST(type));
  }

  @Override
  public void open(OpenContext context) {
    forecasts = getRuntimeContext().getMapState(FORECASTS);
    observations = getRuntimeContext().getMapState(OBSERVATIONS);
    updates = getRuntimeContext().getMapState(UPDATES);
    models = getRuntimeContext().getState(MODELS);
    end = getRuntimeContext().getState(END);
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
    } else if (!waits(observations, observed.observation().time(), event, context)) {
      out.collect(joined(observed));
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
    if (!waits(updates, update.made(), event, context)) {
      late.inc();
      long now = context.timerService().currentWatermark() + settings.slack();
      learn(update, now, context.timerService());
    }
  }

  /** Lets an event wait for the watermark; returns whether it has to. */
  private <T> boolean waits(MapState<Long, List<T>> state, long time, T event, Context context)
      throws Exception {
    long due = time - settings.slack();
    if (due <= context.timerService().currentWatermark()) {
      return false;
    }
    List<T> known = state.get(time);
    List<T> all = known == null ? new ArrayList<>(1) : new ArrayList<>(known);
    all.add(event);
    state.put(time, all);
    context.timerService().registerEventTimeTimer(due);
    return true;
  }

  /** The slack may have been another one when the timer was set, in a savepoint. */
  @Override
  public void onTimer(long due, OnTimerContext context, Collector<InputEvent> out)
      throws Exception {
    for (long time = due; time <= due + 1; time++) {
      if (time - settings.slack() <= context.timerService().currentWatermark()) {
        release(time, context.timerService(), out);
      } else if (isAwaited(time)) {
        context.timerService().registerEventTimeTimer(time - settings.slack());
      }
    }
    Long last = end.value();
    if (last != null && last <= due) {
      drop(last, due, context.timerService());
    }
  }

  /** Drops what is forecast, and names of models only once there was none for the time to live. */
  private void drop(long last, long now, TimerService timers) throws Exception {
    long ttl = settings.ttl().toMillis();
    boolean isOver = settings.isListed() || ttl > 0 && last + ttl <= now;
    if (isOver || last == now) {
      forecasts.clear();
    }
    if (isOver) {
      models.clear();
      end.clear();
    } else if (ttl > 0 && last == now) {
      timers.registerEventTimeTimer(last + ttl);
    }
  }

  private boolean isAwaited(long time) throws Exception {
    return observations.contains(time) || updates.contains(time);
  }

  private void release(long time, TimerService timers, Collector<InputEvent> out) throws Exception {
    List<OutsideUpdate> made = new ArrayList<>();
    for (CovariateEvent event : take(updates, time)) {
      made.add((OutsideUpdate) event);
    }
    made.sort(ORDER);
    for (OutsideUpdate update : made) {
      learn(update, time, timers);
    }
    for (InputEvent event : take(observations, time)) {
      out.collect(joined((ObservationEvent) event));
    }
  }

  private static <T> List<T> take(MapState<Long, List<T>> waiting, long time) throws Exception {
    List<T> events = waiting.get(time);
    if (events == null) {
      return List.of();
    }
    waiting.remove(time);
    return events;
  }

  /**
   * Keeps what a forecast says of times to come, unless a newer one has said it.
   *
   * @param now all observations that wait are of this time or later
   */
  private void learn(OutsideUpdate update, long now, TimerService timers) throws Exception {
    int columns = settings.columns();
    List<String> named = models();
    boolean isNamed = named.contains(update.model());
    if (settings.isListed() && !isNamed
        || update.rows().length != update.times().length * columns) {
      return; // it has waited in a savepoint of other settings
    }
    if (!isNamed && named.size() == settings.slots()) {
      ignored.inc();
      return;
    }
    GroupCovariates known = known(update.model());
    if (known == null) {
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
    if (known.size() == 0) {
      forecasts.remove(update.model());
      return;
    }
    forecasts.put(update.model(), known);
    if (!isNamed) {
      List<String> more = new ArrayList<>(named);
      more.add(update.model());
      models.update(List.copyOf(more));
    }
    Long last = end.value();
    if (last == null || last < known.newest()) {
      if (last != null && !isAwaited(last) && !isAwaited(last + 1)) {
        timers.deleteEventTimeTimer(last);
      }
      end.update(known.newest());
      timers.registerEventTimeTimer(known.newest());
    }
  }

  /** The models of the series, by slot; nobody writes into the list. */
  private List<String> models() throws Exception {
    if (settings.isListed()) {
      return settings.models();
    }
    List<String> named = models.value();
    if (named == null) {
      return List.of();
    }
    int slots = settings.slots(); // a savepoint may have more
    return named.size() > slots ? named.subList(0, slots) : named;
  }

  /** Null for none, or if a savepoint has been taken with other columns. */
  private GroupCovariates known(String model) throws Exception {
    GroupCovariates known = forecasts.get(model);
    return known == null || known.features() != 1 + settings.columns() ? null : known;
  }

  private ObservationEvent joined(ObservationEvent event) throws Exception {
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
    List<String> named = models();
    for (int m = 0; m < named.size(); m++) {
      last = Math.max(last, copy(o.time(), named.get(m), all, m));
    }
    double[] known = last == 0 ? Observation.NO_FEATURES : Arrays.copyOf(all, last * width);
    return new ObservationEvent(
        o.withAhead(known, settings.isListed() ? null : List.copyOf(named)), event.source());
  }

  /** Copies what a model had said by a time; returns the last step that it covers, from 1. */
  private int copy(long time, String model, double[] all, int place) throws Exception {
    int columns = settings.columns();
    GroupCovariates known = known(model);
    int found = known == null ? 0 : known.find(time, settings.interval(), steps);
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
