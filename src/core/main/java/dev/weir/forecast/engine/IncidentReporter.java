package dev.weir.forecast.engine;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Outcome;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Value;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.alarm.OpenIncident;
import dev.weir.forecast.alarm.ThresholdState;
import dev.weir.forecast.alarm.ThresholdWarning;
import dev.weir.forecast.window.SequenceWindow;
import java.util.ArrayList;
import java.util.List;

/** Sends incidents of the current value of a series to the {@link SeriesContext}. */
final class IncidentReporter {

  private final SeriesContext context;
  private String series;
  private SequenceWindow window;
  private String model;
  private long version;
  private boolean reported;

  IncidentReporter(SeriesContext context) {
    this.context = context;
  }

  /**
   * A value has come.
   *
   * @param window that ends with it; null if the series is dropped
   */
  void at(String series, SequenceWindow window, String model, long version) {
    this.series = series;
    this.window = window;
    this.model = model;
    this.version = version;
    this.reported = false;
  }

  /** Whether anything was reported of the value. */
  boolean hasReported() {
    return reported;
  }

  /** Of unusual values. */
  void report(Event event, OpenIncident incident) {
    send(
        event,
        Incident.id(series, incident.start()),
        incident.start(),
        incident.end(),
        incident.values(),
        new Worst(
            incident.worstTime(),
            incident.worst(),
            incident.expected(),
            incident.error(),
            incident.surprise()),
        incident.reason(),
        incident.severity(),
        null);
  }

  /**
   * Of a threshold.
   *
   * @param outcome null if the warning begins
   */
  void report(ThresholdState threshold, ThresholdWarning warning, Outcome outcome) {
    double limit = threshold.limit();
    boolean above = threshold.above();
    int within = threshold.within();
    Long crossing = warning.crossing() == ThresholdWarning.NO_TIME ? null : warning.crossing();
    send(
        outcome == null ? Event.OPENED : Event.CLOSED,
        Incident.id(series, warning.start(), limit, above, within),
        warning.start(),
        warning.end(),
        warning.values(),
        new Worst(warning.time(), warning.value(), warning.forecast(), Double.NaN, 0),
        Reason.THRESHOLD,
        outcome == Outcome.CROSSED ? Severity.HIGH : Severity.MEDIUM,
        new Warning(limit, above, within, warning.probability(), crossing, outcome));
  }

  private void send(
      Event event,
      String id,
      long start,
      long end,
      long values,
      Worst worst,
      Reason reason,
      Severity severity,
      Warning warning) {
    reported = true;
    context.collect(
        new Incident(
            series,
            id,
            event,
            window == null ? end : window.origin(),
            start,
            end,
            values,
            worst,
            reason,
            severity,
            newest(),
            model,
            version,
            warning,
            List.of()));
  }

  private List<Value> newest() {
    List<Value> newest = new ArrayList<>();
    int size = window == null ? 0 : window.size();
    for (int i = Math.max(0, size - Incident.NEWEST); i < size; i++) {
      newest.add(new Value(window.time(i), window.value(i)));
    }
    return newest;
  }
}
