package dev.weir.forecast.engine;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.alarm.AlarmDetector;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.Override;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.window.Pace;
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
final class SilenceMonitor {

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
        rules.overrides().stream().allMatch(each -> rules.common().silence().equals(of(each)));
    this.result = result;
  }

  private static Silence of(Override override) {
    return override.settings() == null ? Silence.OFF : override.settings().silence();
  }

  private Silence of(String series) {
    if (isCommon) {
      return rules.common().silence();
    }
    int override = rules.of(series).override();
    return override < 0 ? rules.common().silence() : of(rules.overrides().get(override));
  }

  /**
   * An observation is about to be appended.
   *
   * @param source the record that brings it; null if it has waited
   * @param goesBack whether the series goes on at an earlier time with it
   * @return whether it ends a silence
   */
  boolean precede(
      String name, WindowState state, long time, SourceRecord source, boolean goesBack) {
    gap = -1;
    long carried = ObservationEvent.eventTime(time, source);
    newest = Math.max(newest, carried);
    Pace pace = state.pace();
    if (pace == null || state.size() == 0) {
      return false;
    }
    gap = goesBack ? -1 : time - state.lastTime();
    Long due = pace.due();
    if (!pace.isSilent() && (goesBack || due == null || carried <= due)) {
      return false;
    }
    if (!pace.isSilent()) {
      open(name, state);
    }
    pace.silent(false);
    report(Event.CLOSED, name, state, goesBack ? due : Math.max(due, time));
    result.isOpen = false;
    return true;
  }

  /** It was appended: from when on is the series silent. */
  void advanced(String series, WindowState state, long watermark) {
    Silence silence = of(series);
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
    newest = Math.max(newest, watermark);
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
   * Event time has reached one that was asked for. A series is silent only when the clock has, too:
   * observations of the future may have carried event time ahead.
   *
   * @param isOver whether the input has ended
   * @return whether the state has changed
   */
  boolean elapse(String name, WindowState state, long timestamp, boolean isOver) {
    Pace pace = state.pace();
    if (pace == null || !pace.isTimer(timestamp)) {
      return false;
    }
    if (!isOver && order.passed(timestamp) < timestamp) {
      result.wakeAt(timestamp); // by the clock
      return false;
    }
    pace.fired();
    Long due = pace.due();
    if (due != null && !isOver && !pace.isSilent()) {
      due += pace.behind();
      if (timestamp >= due) {
        open(name, state);
        result.isOpen = true;
      } else if (pace.wantsTimer(due)) {
        result.wakeAt(due);
      }
    }
    return true;
  }

  /** The series is dropped. */
  void drop(String name, WindowState state) {
    Pace pace = state.pace();
    if (pace != null && pace.isSilent()) {
      pace.silent(false);
      report(Event.CLOSED, name, state, pace.due());
      result.isOpen = false;
    }
    state.pace(null);
  }

  private void open(String name, WindowState state) {
    Pace pace = state.pace();
    pace.silent(true);
    report(Event.OPENED, name, state, pace.due());
  }

  private void report(Event event, String name, WindowState state, long time) {
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
            name,
            Incident.silenceId(name, last),
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
