package dev.weir.forecast.engine;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.alarm.AlarmDetector;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.window.Pace;
import dev.weir.forecast.window.SeriesEngine.Arrival;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.forecast.window.WindowState;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens an incident when event time says that a series is silent, and closes it with the next
 * observation. Where this comes before the timer has fired, both are reported at it: so the
 * incidents are the same however fast a stream is read again. A silence is of a series, whatever
 * its modes. One instance for each task; not thread-safe.
 */
final class SilenceMonitor implements SeriesPart {

  private final AlarmRules rules;
  private final boolean isCommon; // the same for all series
  private final SeriesOrder order;
  private final ForecastResult result;
  private long newest = Long.MIN_VALUE; // of all series of the task, as event time goes on to it
  private long gap; // before the observation that is about to be appended; negative for none

  SilenceMonitor(AlarmRules rules, SeriesOrder order, ForecastResult result) {
    this.rules = rules;
    this.order = order;
    this.isCommon =
        rules.overrides().stream()
            .allMatch(each -> of(each.settings()).equals(rules.common().silence()));
    this.result = result;
  }

  private static Silence of(IncidentSettings settings) {
    return settings == null ? Silence.OFF : settings.silence();
  }

  @Override
  public void before(SeriesCall call) {
    gap = -1;
    WindowState state = call.state;
    Arrival arrival = call.arrival;
    long eventTime = ObservationEvent.eventTime(arrival.time(), arrival.source());
    newest = Math.max(newest, eventTime);
    Pace pace = state.pace();
    if (pace == null || state.size() == 0) {
      return;
    }
    boolean goesBack = arrival.goesBack();
    gap = goesBack ? -1 : arrival.time() - state.lastTime();
    Long due = pace.due();
    if (!pace.isSilent() && (goesBack || due == null || eventTime <= due)) {
      return;
    }
    if (!pace.isSilent()) {
      open(call);
    }
    close(call, goesBack ? due : Math.max(due, arrival.time()));
    result.isBack = true;
  }

  /** From when on is the series silent. */
  @Override
  public void after(SeriesCall call) {
    WindowState state = call.state;
    Silence silence = of(isCommon ? rules.common() : rules.of(call.name).settings());
    if (silence.equals(Silence.OFF)) {
      state.pace(null);
      return;
    }
    Pace pace = state.pace();
    if (pace == null) {
      pace = new Pace();
      state.pace(pace);
    }
    if (gap >= 0) {
      pace.observe(gap);
    }
    newest = Math.max(newest, call.watermark);
    pace.behind(Math.max(0, order.passed(newest) - state.lastTime()));
    long limit = limit(silence, pace);
    long due = state.lastTime() + limit;
    boolean isPossible = limit > 0 && due > state.lastTime(); // else the sum overflows
    pace.due(isPossible ? due : null);
    if (isPossible && pace.wantsTimer(due + pace.behind())) {
      result.wakeAt(due + pace.behind());
    }
  }

  /** Milliseconds after the newest observation until a series is silent; 0: not known. */
  private static long limit(Silence silence, Pace pace) {
    if (silence.after() != null) {
      return silence.after().toMillis();
    }
    return silence.times() == 0 ? pace.limit() : (long) (silence.times() * pace.spacing());
  }

  /**
   * A series is silent only when the clock has reached the time, too: observations of the future
   * may have carried event time ahead. The end of the input is no silence.
   */
  @Override
  public boolean wake(SeriesCall call, long timestamp) {
    Pace pace = call.state.pace();
    if (pace == null || !pace.isTimer(timestamp)) {
      return false;
    }
    boolean isOver = call.watermark == Long.MAX_VALUE;
    if (!isOver && order.passed(timestamp) < timestamp) {
      result.wakeAt(timestamp); // by the clock
      return false;
    }
    pace.fired();
    Long due = pace.due();
    if (due != null && !isOver && !pace.isSilent()) {
      due += pace.behind();
      if (timestamp >= due) {
        open(call);
        result.isOpen = true;
      } else if (pace.wantsTimer(due)) {
        result.wakeAt(due);
      }
    }
    return true;
  }

  @Override
  public void drop(SeriesCall call) {
    Pace pace = call.state.pace();
    if (pace != null && pace.isSilent()) {
      close(call, pace.due());
    }
    call.state.pace(null);
  }

  private void open(SeriesCall call) {
    Pace pace = call.state.pace();
    pace.silent(true);
    report(Event.OPENED, call, pace.due());
  }

  private void close(SeriesCall call, long time) {
    call.state.pace().silent(false);
    report(Event.CLOSED, call, time);
    result.isOpen = false;
  }

  private void report(Event event, SeriesCall call, long time) {
    WindowState state = call.state;
    Pace pace = state.pace();
    int newest = state.size() - 1;
    long last = state.time(newest);
    double absent = Math.max(1, pace.overdue(pace.due() - last)); // when it was opened
    boolean isBack = event == Event.CLOSED && time > pace.due();
    double missing = isBack ? Math.max(1, pace.missing(time - last)) : absent;
    double surprise = Math.min(AlarmDetector.MAX_SURPRISE, pace.surprise(absent));
    List<Value> values = new ArrayList<>();
    for (int i = Math.max(0, newest + 1 - Incident.NEWEST); i <= newest; i++) {
      values.add(new Value(state.time(i), state.value(i)));
    }
    result.add(
        new Incident(
            call.name,
            Incident.silenceId(call.name, last),
            event,
            time,
            last,
            time,
            (long) missing,
            new Worst(last, state.value(newest), Double.NaN, Double.NaN, surprise),
            Reason.SILENCE,
            Severity.of(surprise),
            values,
            "",
            -1,
            null));
  }
}
