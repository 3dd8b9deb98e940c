package dev.weir.forecast.window;

import dev.weir.forecast.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Result of one call of an engine for a series: outputs in their order, counts, and when to call
 * the series again. Reused: valid until the engine's next call. Not thread-safe.
 */
public class SeriesResult {

  /** Counted events. Their names are metrics and never change. */
  public enum Counted {
    /** The very same observation had come before. */
    DUPLICATE("duplicates"),
    /** An observation replaced a pending one. */
    CORRECTION("corrections"),
    /** Observations were missing before an observation. */
    GAP("gaps"),
    /** Number of missing observations. */
    MISSING("missingObservations"),
    /** States of series or experts reset because they were not finite. */
    RESTART("learningRestarts"),
    /** Series forgotten after a silence. */
    EXPIRED("expired"),
    /** Series that went on at an earlier time, as their newest was in the future. */
    RESUMED("resumed"),
    /** A label of a window that has the same one. */
    REPEATED_LABEL("repeatedLabels"),
    /** A label of a window that has another class. */
    CONTRADICTING_LABEL("contradictingLabels"),
    /** A label that replaces another of a window that is still to come. */
    CORRECTED_LABEL("correctedLabels"),
    /** A label of a series that has no observation yet. */
    UNKNOWN_SERIES_LABEL("unknownSeriesLabels"),
    /** A label that came before its window and found none. */
    UNUSED_LABEL("unusedLabels"),
    /** A window whose label did not come while it could be learned. */
    UNLABELLED("unlabelledWindows");

    /** Counts of forecasts. */
    public static final Set<Counted> OF_FORECASTS =
        Collections.unmodifiableSet(EnumSet.range(DUPLICATE, RESUMED));

    /** Counts of classes: all of labels, and four more. */
    public static final Set<Counted> OF_CLASSES = ofClasses();

    private final String metric;

    Counted(String metric) {
      this.metric = metric;
    }

    private static Set<Counted> ofClasses() {
      Set<Counted> all = EnumSet.of(DUPLICATE, CORRECTION, EXPIRED, RESUMED);
      all.addAll(EnumSet.range(REPEATED_LABEL, UNLABELLED));
      return Collections.unmodifiableSet(all);
    }

    /** The metric's name. */
    public String metric() {
      return metric;
    }
  }

  private static final int KINDS = Counted.values().length;

  private final List<Output> outputs = new ArrayList<>();
  private final long[] counts = new long[KINDS];
  private boolean isCounted; // whether any is not 0
  private long[] wakeUps = new long[4];
  private int wakeUpCount;
  private long cancelled;
  private boolean isCancelled;
  private boolean hasMore;

  /** A call begins. */
  public void clear() {
    outputs.clear();
    wakeUpCount = 0;
    isCancelled = false;
    hasMore = false;
    if (isCounted) {
      Arrays.fill(counts, 0);
      isCounted = false;
    }
  }

  /** Adds a forecast, a score, an incident, a classification or a dead letter. */
  public void add(Output output) {
    outputs.add(output);
  }

  /** Counts an event that has no output. */
  public void count(Counted what, long by) {
    counts[what.ordinal()] += by;
    isCounted |= by != 0;
  }

  /** Requests one call of the series when event time reaches this. */
  public void wakeAt(long time) {
    if (wakeUpCount == wakeUps.length) {
      wakeUps = Arrays.copyOf(wakeUps, 2 * wakeUpCount);
    }
    wakeUps[wakeUpCount++] = time;
  }

  /** Cancels {@link #wakeAt} of an earlier call. */
  void doNotWakeAt(long time) {
    cancelled = time;
    isCancelled = true;
  }

  /** Requests the same call again. */
  public void more() {
    hasMore = true;
  }

  /** Whether the caller must repeat the call: the series may move on by more than one value. */
  public boolean hasMore() {
    return hasMore;
  }

  /** In the order to send them. */
  public List<Output> outputs() {
    return outputs;
  }

  /** Number of events. */
  public long count(Counted what) {
    return counts[what.ordinal()];
  }

  /** Whether anything was counted. */
  public boolean isCounted() {
    return isCounted;
  }

  /** The timer to delete first; null for none. */
  public Long cancelled() {
    return isCancelled ? (Long) cancelled : null;
  }

  /** Number of requested calls. */
  public int wakeUps() {
    return wakeUpCount;
  }

  /** One of these times: event time, milliseconds since 1970 in UTC. */
  public long wakeUp(int index) {
    return wakeUps[index];
  }
}
