package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.stream.LossLog;
import dev.weir.stream.SeriesCounter;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.Collector;

/**
 * Keeps the covariates of each group, or what outside models forecast of each series, and attaches
 * to an observation what has arrived so far of the steps after it. Never waits: an observation is
 * forwarded at once, and what is missing is NaN. One that brings covariates of its own, and what is
 * no observation, is forwarded as it is. Of what a model says of a step, the newest forecast
 * counts, for observations from when it was made on.
 */
final class CovariateFunction
    extends KeyedCoProcessFunction<String, InputEvent, CovariateEvent, InputEvent> {

  private static final long serialVersionUID = 1L;

  /** The state's name is part of each savepoint. */
  private static final ValueStateDescriptor<GroupCovariates> COVARIATES =
      new ValueStateDescriptor<>(
          "covariates",
          WeirTypeInformation.of(GroupCovariates.class, GroupCovariatesSerializer.INSTANCE));

  private final CovariateSettings settings;
  private transient ValueState<GroupCovariates> covariates;
  private transient ValueState<Long> expiry; // null without a ttl; see onTimer
  private transient SeriesCounter counter;
  private transient SeriesOrder order;
  private transient long since; // when this task started, by the clock
  private transient String key; // of the current call
  private transient int[] steps; // scratch
  private transient Counter received;
  private transient Counter late;
  private transient Counter missing;
  private transient Map<JoinLoss, Counter> losses;
  private transient Map<JoinLoss, String> examples; // the newest key of each

  CovariateFunction(CovariateSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    covariates = getRuntimeContext().getState(COVARIATES);
    Duration ttl = settings.limits().ttl();
    expiry = ttl.isZero() ? null : getRuntimeContext().getState(SeriesCounter.EXPIRY);
    counter = new SeriesCounter(settings.limits());
    order = new SeriesOrder(ttl, SeriesOrder.LATER);
    steps = new int[settings.horizon()];
    register(getRuntimeContext().getMetricGroup());
  }

  void register(MetricGroup operator) {
    MetricGroup metrics = operator.addGroup("weir");
    received = metrics.counter("covariates");
    late = metrics.counter("lateCovariates");
    missing = metrics.counter("missingSteps");
    metrics.gauge("groups", () -> counter.count());
    losses = new EnumMap<>(JoinLoss.class);
    examples = new EnumMap<>(JoinLoss.class);
    for (JoinLoss loss : JoinLoss.values()) {
      losses.put(loss, metrics.counter(loss.metric));
    }
  }

  /** The operator is open: sees to the keys that were restored. */
  void restored(CovariateOperator operator) throws Exception {
    since = operator.getProcessingTimeService().getCurrentProcessingTime();
    counter.restored(operator, COVARIATES, known -> order.timerAfter(known.newest()), expiry);
  }

  /** Starts to log what is not used. */
  void log(ProcessingTimeService time) {
    for (JoinLoss loss : JoinLoss.values()) {
      LossLog.start(
          time,
          () -> losses.get(loss).getCount(),
          () -> loss.what,
          () -> "such as of %s; %s".formatted(examples.get(loss), loss.advice));
    }
  }

  private void lose(JoinLoss loss, int count) {
    if (count > 0) {
      losses.get(loss).inc(count);
      examples.put(loss, key);
    }
  }

  @Override
  public void processElement1(InputEvent event, Context context, Collector<InputEvent> out)
      throws IOException {
    boolean ofModels = !settings.models().isEmpty();
    if (!(event instanceof ObservationEvent observed)
        || !ofModels && observed.observation().ahead().length > 0) {
      out.collect(event);
      return;
    }
    Observation o = observed.observation();
    key = context.getCurrentKey();
    GroupCovariates known = known(context.timerService());
    if (known != null
        && Math.max(o.time(), context.timerService().currentWatermark()) > known.newest()) {
      touched(context.timerService(), o.time()); // else its timer is far enough ahead
    }
    int found = known != null ? known.find(o.time(), settings.interval(), steps) : 0;
    double[] ahead = Observation.NO_FEATURES;
    if (ofModels) {
      ahead = withModels(o, known, found);
    } else {
      missing.inc(steps.length - found);
      ahead = found > 0 ? known.rows(steps) : ahead;
    }
    out.collect(new ObservationEvent(o.withAhead(ahead), observed.source()));
  }

  /** The covariates of an observation, and what models had said of the same steps by its time. */
  private double[] withModels(Observation o, GroupCovariates known, int found) {
    int covariates = settings.features();
    int models = settings.models().size();
    int width = covariates + models;
    double[] all = new double[steps.length * width];
    Arrays.fill(all, Double.NaN);
    int last = covariates == 0 ? 0 : Math.min(steps.length, o.ahead().length / covariates);
    for (int k = 0; k < last; k++) {
      System.arraycopy(o.ahead(), k * covariates, all, k * width, covariates);
    }
    int said = 0;
    for (int k = 0; k < steps.length && found > 0; k++) {
      for (int m = 0; m < models && steps[k] >= 0; m++) {
        if (known.feature(steps[k], 2 * m + 1) <= o.time()) {
          all[k * width + covariates + m] = known.feature(steps[k], 2 * m);
          last = Math.max(last, k + 1);
          said++;
        }
      }
    }
    missing.inc((long) steps.length * models - said);
    return Arrays.copyOf(all, last * width);
  }

  /** Null if nothing is known; what a savepoint of other settings knows is dropped. */
  private GroupCovariates known(TimerService timers) throws IOException {
    GroupCovariates known = covariates.value();
    if (known == null || known.features() == settings.columns()) {
      return known;
    }
    lose(JoinLoss.OTHER_SETTINGS, 1);
    drop(timers);
    return null;
  }

  @Override
  public void processElement2(CovariateEvent event, Context context, Collector<InputEvent> out)
      throws IOException {
    if (event instanceof DeadLetter letter) {
      out.collect(letter);
      return;
    }
    received.inc();
    key = context.getCurrentKey();
    TimerService timers = context.timerService();
    GroupCovariates known = known(timers);
    boolean isNew = known == null;
    if (isNew && counter.isFull()) {
      lose(JoinLoss.OVER_MAX_SERIES, 1);
      return;
    }
    if (isNew) {
      known = new GroupCovariates(settings.columns());
    }
    if (event instanceof OutsideUpdate update) {
      known.dropUpTo(timers.currentWatermark());
      learn(known, update, timers);
    } else {
      CovariateUpdate update = (CovariateUpdate) event;
      if (update.time() <= timers.currentWatermark()) {
        late.inc();
        lose(JoinLoss.PASSED_STEPS, 1);
      }
      lose(
          JoinLoss.BEYOND_KEEP,
          known.put(update.time(), update.features(), settings.keep(), now(timers)));
    }
    if (known.size() == 0) {
      drop(timers);
    } else {
      counter.count(isNew, false);
      covariates.update(known);
      touched(timers, known.newest());
    }
  }

  /** Keeps what a forecast says of times to come, unless a newer one has said it. */
  private void learn(GroupCovariates known, OutsideUpdate update, TimerService timers) {
    int column = 2 * settings.models().indexOf(update.model());
    long[] times = update.times();
    if (times[times.length - 1] <= timers.currentWatermark()) {
      late.inc();
    }
    for (int i = 0; i < times.length; i++) {
      double value = update.values()[i];
      double[] row = known.row(times[i]);
      if (Double.isNaN(value)) {
        continue;
      }
      if (times[i] <= timers.currentWatermark()) {
        lose(JoinLoss.PASSED_STEPS, 1);
      } else if (!(row[column + 1] > update.issued())) {
        row[column] = value;
        row[column + 1] = update.issued();
        lose(JoinLoss.BEYOND_KEEP, known.put(times[i], row, settings.keep(), now(timers)));
      }
    }
  }

  /** Event time; before the first observation since the start the clock's. */
  private static long now(TimerService timers) {
    long watermark = timers.currentWatermark();
    return watermark == Long.MIN_VALUE ? timers.currentProcessingTime() : watermark;
  }

  /** The key has news, or is asked for: its timer moves on by half a ttl, as that of a series. */
  private void touched(TimerService timers, long time) throws IOException {
    long now = Math.max(time, timers.currentWatermark());
    if (expiry == null || now == Long.MAX_VALUE) { // the input has ended
      return;
    }
    Long timer = expiry.value();
    long wanted = order.timerAfter(now);
    if (timer == null || timer < wanted) {
      cancel(timers, timer);
      timers.registerEventTimeTimer(wanted);
      expiry.update(wanted);
    }
  }

  private void cancel(TimerService timers, Long timer) {
    if (timer != null && timer < 0) {
      timers.deleteProcessingTimeTimer(-timer);
    } else if (timer != null) {
      timers.deleteEventTimeTimer(timer);
    }
  }

  private void drop(TimerService timers) throws IOException {
    counter.count(covariates.value() == null, true);
    covariates.clear();
    if (expiry != null) {
      cancel(timers, expiry.value());
      expiry.clear();
    }
  }

  /**
   * A key expires as a series does: once event time says that it is silent and, since one
   * observation of the future moves event time, 1.5 ttls later by the clock of a task that ran.
   * {@link #expiry} is the time of its timer, negative when that is one of the clock.
   */
  @Override
  public void onTimer(long time, OnTimerContext context, Collector<InputEvent> out)
      throws IOException {
    TimerService timers = context.timerService();
    boolean isClock = context.timeDomain() == TimeDomain.PROCESSING_TIME;
    Long timer = expiry == null ? null : expiry.value();
    if (timer == null
        || timer != (isClock ? -time : time)
        || timers.currentWatermark() == Long.MAX_VALUE) { // the end of the input is no silence
      return;
    }
    long wait = settings.limits().ttl().toMillis() * 3 / 2; // as between two timers of a series
    long now = timers.currentProcessingTime();
    if (isClock && now - since >= wait) {
      drop(timers);
    } else {
      timers.registerProcessingTimeTimer(now + wait);
      expiry.update(-now - wait);
    }
  }
}
