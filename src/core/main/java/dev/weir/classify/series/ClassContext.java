package dev.weir.classify.series;

import dev.weir.forecast.Output;
import dev.weir.forecast.window.SeriesTimer;

/** The engine that a {@link SeriesClassifier} runs in, for the series that it works on. */
public interface ClassContext extends SeriesTimer {

  /** What is counted. */
  enum Counted {
    /** An observation that came again. */
    DUPLICATE("duplicates"),
    /** A label of a window that has one. */
    REPEATED_LABEL("repeatedLabels"),
    /** A label of a window that has another class. */
    CONTRADICTING_LABEL("contradictingLabels"),
    /** A label of a series that has no observation yet. */
    UNKNOWN_SERIES_LABEL("unknownSeriesLabels"),
    /** A label that came before its window and found none. */
    UNUSED_LABEL("unusedLabels"),
    /** A window whose label did not come while it could be learned. */
    UNLABELLED("unlabelledWindows"),
    /** A series that was silent for too long. */
    EXPIRED("expired"),
    /** A series that went on at an earlier time, as its newest was in the future. */
    RESUMED("resumed");

    private final String metric;

    Counted(String metric) {
      this.metric = metric;
    }

    /** Name of the metric that it is counted in. */
    public String metric() {
      return metric;
    }
  }

  void collect(Output output);

  void count(Counted what);

  /**
   * A label has met its window.
   *
   * @param delay from the window's newest observation to the label's record, milliseconds; negative
   *     if not known
   */
  void labelled(boolean isRight, double logLoss, long delay);

  /** The timer of the expiry may also be that of a window, and is ignored by then. */
  @Override
  default void doNotWakeAt(long time) {}
}
