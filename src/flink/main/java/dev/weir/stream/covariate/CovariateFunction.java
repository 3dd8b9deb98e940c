package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.JoinLoss;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.stream.LateLog;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
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
    steps = new int[settings.horizon()];
    register(getRuntimeContext().getMetricGroup());
  }

  void register(MetricGroup operator) {
    MetricGroup metrics = operator.addGroup("weir");
    received = metrics.counter("covariates");
    late = metrics.counter("lateCovariates");
    missing = metrics.counter("missingSteps");
    losses = new EnumMap<>(JoinLoss.class);
    examples = new EnumMap<>(JoinLoss.class);
    for (JoinLoss loss : JoinLoss.values()) {
      losses.put(loss, metrics.counter(loss.metric));
    }
  }

  /** Starts to log what is not used. */
  void log(ProcessingTimeService time) {
    for (JoinLoss loss : JoinLoss.values()) {
      LateLog.start(
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
    GroupCovariates known = known();
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
  private GroupCovariates known() throws IOException {
    GroupCovariates known = covariates.value();
    if (known == null || known.features() == settings.columns()) {
      return known;
    }
    lose(JoinLoss.OTHER_SETTINGS, 1);
    covariates.clear();
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
    TimerService timers = context.timerService();
    key = context.getCurrentKey();
    GroupCovariates known = known();
    if (known == null) {
      known = new GroupCovariates(settings.columns());
    }
    Long before = known.size() == 0 ? null : known.newest();
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
    Long newest = known.size() == 0 ? null : known.newest();
    if (newest == null) {
      covariates.clear();
    } else {
      covariates.update(known);
    }
    if (!settings.ttl().isZero()) {
      expire(timers, before, newest);
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
      } else if (!(row[column + 1] > update.made())) {
        row[column] = value;
        row[column + 1] = update.made();
        lose(JoinLoss.BEYOND_KEEP, known.put(times[i], row, settings.keep(), now(timers)));
      }
    }
  }

  /** Event time; before the first observation since the start the clock's. */
  private static long now(TimerService timers) {
    long watermark = timers.currentWatermark();
    return watermark == Long.MIN_VALUE ? timers.currentProcessingTime() : watermark;
  }

  /** One timer for each group, also for one that was kept before a ttl was set. */
  private void expire(TimerService timers, Long before, Long newest) {
    long ttl = settings.ttl().toMillis();
    if (before != null && !before.equals(newest)) {
      timers.deleteEventTimeTimer(before + ttl);
    }
    if (newest != null) {
      timers.registerEventTimeTimer(newest + ttl);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<InputEvent> out)
      throws IOException {
    GroupCovariates known = covariates.value();
    if (known == null || settings.ttl().isZero()) {
      return;
    }
    long end = known.newest() + settings.ttl().toMillis();
    if (end <= time) {
      covariates.clear();
    } else { // the timer is of a shorter ttl, before a restart
      context.timerService().registerEventTimeTimer(end);
    }
  }
}
