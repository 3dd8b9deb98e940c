package dev.weir.stream;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.SeriesContext;
import dev.weir.forecast.learn.LatestScores;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/** A task's keyed state, timers and output, for the series of the current key. */
final class OperatorSeriesContext implements SeriesContext {

  private final SeriesStore store;
  private final ValueState<Long> expiry; // null without a ttl
  private final SeriesCounter counter;
  private final ForecastMetrics metrics;
  private final SampleOutput samples; // null without shared learning
  private final Consumer<MemberSurprise> groups; // null without groups
  private final Map<Mode, ModeMetrics> byMode = new EnumMap<>(Mode.class);
  private TimerService timers; // of the current call
  private Collector<Output> out;

  /**
   * @param keys selects a series
   * @param cache bytes for cached series; 0 for none
   * @param samples for shared learning; null for none
   * @param groups of series; null for none
   */
  OperatorSeriesContext(
      RuntimeContext context,
      ForecastSettings settings,
      ForecastMetrics metrics,
      Consumer<String> keys,
      long cache,
      SampleOutput samples,
      Consumer<MemberSurprise> groups) {
    this.samples = samples;
    this.groups = groups;
    this.expiry = settings.limits().ttl().isZero() ? null : context.getState(SeriesCounter.EXPIRY);
    this.metrics = metrics;
    this.counter = new SeriesCounter(settings.limits());
    List<Mode> learning = new ArrayList<>();
    for (Target target : settings.targets()) {
      boolean learns = target.learning() != null;
      byMode.put(target.mode(), metrics.mode(target.mode(), target.learning()));
      if (learns) {
        learning.add(target.mode());
      }
    }
    this.store = new SeriesStore(context, learning, settings.features(), keys, cache);
  }

  /** What is known of the series. */
  SeriesStore store() {
    return store;
  }

  ModeMetrics metrics(Mode mode) {
    return byMode.get(mode);
  }

  /** The series that this task knows. */
  SeriesCounter counter() {
    return counter;
  }

  /** A call begins. */
  void at(TimerService timers, Collector<Output> out, String series) {
    this.timers = timers;
    this.out = out;
    store.at(series);
  }

  @Override
  public WindowState window() throws IOException {
    return store.window();
  }

  @Override
  public void window(WindowState state) throws IOException {
    store.window(state);
    if (state == null) {
      counter.dropped();
    }
  }

  @Override
  public boolean admit(String series, SourceRecord source) {
    if (counter.isFull()) {
      collect(counter.refused(series, source));
      return false;
    }
    counter.added();
    return true;
  }

  @Override
  public LearnerState learned(Mode mode) throws IOException {
    return store.learned(mode);
  }

  @Override
  public void learned(Mode mode, LearnerState state) throws IOException {
    store.learned(mode, state);
  }

  @Override
  public void observed(SequenceWindow window, boolean repeatable) {
    store.observed(window, repeatable);
  }

  @Override
  public boolean followsValues() {
    return samples != null;
  }

  @Override
  public void advanced(SequenceWindow window) {
    samples.advanced(window);
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

  @Override
  public void doNotWakeAt(long time) {
    timers.deleteEventTimeTimer(time);
  }

  @Override
  public void collect(Output output) {
    if (output instanceof Forecast forecast) {
      metrics.forecast(forecast.status());
      metrics.missingCovariates.inc(forecast.covariatesMissing());
    } else if (output instanceof DeadLetter letter) {
      metrics.deadLetter(letter.reason());
    } else if (output instanceof Incident incident) {
      if (incident.event() == Event.OPENED) {
        metrics.incidents.inc();
      }
    } else {
      metrics.scores.inc();
    }
    out.collect(output);
  }

  @Override
  public void count(Counted what, long by) {
    Counter counter =
        switch (what) {
          case DUPLICATE -> metrics.duplicates;
          case CORRECTION -> metrics.corrections;
          case GAP -> metrics.gaps;
          case MISSING -> metrics.missing;
          case SKIPPED_UPDATE -> metrics.skippedUpdates;
          case RESTART -> metrics.restarts;
          case EXPIRED -> metrics.expired;
          case RESUMED -> metrics.resumed;
        };
    counter.inc(by);
    if (what == Counted.RESUMED) {
      this.counter.resumed();
    }
  }

  @Override
  public void incident(String series, boolean isOpen) {
    metrics.incident(series, isOpen);
  }

  @Override
  public void surprised(MemberSurprise surprise) {
    if (groups != null) {
      groups.accept(surprise);
    }
  }

  @Override
  public void scored(Mode mode, String series, LatestScores scored) {
    byMode.get(mode).learned(series, scored);
  }

  @Override
  public boolean isSampled() {
    return metrics.isSampled();
  }

  @Override
  public void took(Mode mode, long nanos) {
    byMode.get(mode).took(nanos);
  }

  @Override
  public void sampled(long origin, long recordTime, long bytes) {
    metrics.sampled(origin, recordTime, bytes);
  }
}
