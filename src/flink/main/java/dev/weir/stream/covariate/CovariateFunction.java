package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps the covariates of each group and attaches to an observation those of the steps after it
 * that have arrived so far. Never waits: an observation is forwarded at once, and what is missing
 * is NaN. One that brings covariates of its own, and what is no observation, is forwarded as it is.
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
  private transient int[] steps; // scratch
  private transient Counter received;
  private transient Counter late;
  private transient Counter missing;

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
  }

  @Override
  public void processElement1(InputEvent event, Context context, Collector<InputEvent> out)
      throws IOException {
    if (!(event instanceof ObservationEvent observed)
        || observed.observation().ahead().length > 0) {
      out.collect(event);
      return;
    }
    Observation o = observed.observation();
    GroupCovariates known = covariates.value();
    int found = fits(known) ? known.find(o.time(), settings.interval(), steps) : 0;
    missing.inc(steps.length - found);
    if (found == 0) {
      out.collect(event);
      return;
    }
    out.collect(
        new ObservationEvent(o.withAhead(known.rows(steps), o.models()), observed.source()));
  }

  /** A savepoint may have been taken with another number of covariates. */
  private boolean fits(GroupCovariates known) {
    return known != null && known.features() == settings.features();
  }

  @Override
  public void processElement2(CovariateEvent event, Context context, Collector<InputEvent> out)
      throws IOException {
    if (event instanceof DeadLetter letter) {
      out.collect(letter);
      return;
    }
    CovariateUpdate update = (CovariateUpdate) event;
    received.inc();
    if (update.time() <= context.timerService().currentWatermark()) {
      late.inc();
    }
    GroupCovariates known = covariates.value();
    if (!fits(known)) {
      known = new GroupCovariates(settings.features());
    }
    Long before = known.size() == 0 ? null : known.newest();
    known.put(update.time(), update.features(), settings.keep(), now(context.timerService()));
    covariates.update(known);
    if (!settings.ttl().isZero()) {
      expire(context.timerService(), before, known.newest());
    }
  }

  /** Event time; before the first observation since the start the clock's. */
  private static long now(TimerService timers) {
    long watermark = timers.currentWatermark();
    return watermark == Long.MIN_VALUE ? timers.currentProcessingTime() : watermark;
  }

  /** One timer for each group, also for one that was kept before a ttl was set. */
  private void expire(TimerService timers, Long before, long newest) {
    long ttl = settings.ttl().toMillis();
    if (before != null && before != newest) {
      timers.deleteEventTimeTimer(before + ttl);
    }
    timers.registerEventTimeTimer(newest + ttl);
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
