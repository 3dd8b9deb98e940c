package dev.weir.state;

import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import dev.weir.forecast.window.SeriesResult;
import dev.weir.forecast.window.SeriesResult.Counted;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts what engines make of series, one counter for each kind: outputs by status or reason, and
 * what no output tells of. docs/metrics.md says what each is.
 */
public final class ResultCounters {

  private static final Counted[] KINDS = Counted.values();

  private final Counter[] counted = new Counter[KINDS.length];
  private final Counter[] deadLetters = new Counter[Reason.values().length];
  private final Counter[] statuses;

  private ResultCounters(
      MetricGroup group,
      MetricGroup series,
      Set<Counted> kinds,
      String outputs,
      Enum<?>[] statuses) {
    for (Counted what : kinds) {
      MetricGroup of = Counted.OF_FORECASTS.contains(what) ? series : group;
      counted[what.ordinal()] = of.counter(what.metric());
    }
    for (Reason reason : Reason.values()) {
      deadLetters[reason.ordinal()] =
          group.addGroup("reason", reason.name()).counter("deadLetters");
    }
    this.statuses = new Counter[statuses.length];
    for (Enum<?> status : statuses) {
      this.statuses[status.ordinal()] = group.addGroup("status", status.name()).counter(outputs);
    }
  }

  public static ResultCounters ofForecasts(MetricGroup group) {
    return new ResultCounters(
        group, group, Counted.OF_FORECASTS, "forecasts", Forecast.Status.values());
  }

  /**
   * @param series the group of what is counted of forecasts too
   */
  public static ResultCounters ofClasses(MetricGroup group, MetricGroup series) {
    return new ResultCounters(
        group, series, Counted.OF_CLASSES, "classifications", Classification.Status.values());
  }

  /** What no output tells of. */
  public void count(SeriesResult result) {
    for (int i = 0; result.isCounted() && i < KINDS.length; i++) {
      if (counted[i] != null) {
        counted[i].inc(result.count(KINDS[i]));
      }
    }
  }

  public void count(Output output) {
    if (output instanceof Forecast forecast) {
      statuses[forecast.status().ordinal()].inc();
    } else if (output instanceof Classification classification) {
      statuses[classification.status().ordinal()].inc();
    } else if (output instanceof DeadLetter letter) {
      deadLetters[letter.reason().ordinal()].inc();
    }
  }

  /** The counter of what no output tells of. */
  public Counter of(Counted what) {
    return counted[what.ordinal()];
  }

  /** Late observations. */
  public Counter late() {
    return deadLetters[Reason.LATE.ordinal()];
  }
}
