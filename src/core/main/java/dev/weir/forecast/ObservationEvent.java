package dev.weir.forecast;

/** An observation together with the record that brought it. */
public record ObservationEvent(Observation observation, SourceRecord source) implements InputEvent {

  /** Values of the next day; with a larger difference the record's time is wrong. */
  private static final long MOST_MILLIS = 48 * 3_600_000L;

  /**
   * The event time to which this event advances.
   *
   * @param inOrder whether each observation counts at once; one that waits must carry event time up
   *     to itself
   */
  public long eventTime(boolean inOrder) {
    return inOrder ? eventTime(observation.time(), source) : observation.time();
  }

  /**
   * The time of an observation, or of the record that brought it if that was sent earlier: a fast
   * clock must not carry event time ahead for all series, in a replay as little as at first.
   *
   * @param source null for none
   */
  public static long eventTime(long time, SourceRecord source) {
    long sent = source == null ? -1 : source.timestamp();
    return sent >= 0 && time > sent && time - sent <= MOST_MILLIS ? sent : time;
  }
}
