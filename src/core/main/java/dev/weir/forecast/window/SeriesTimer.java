package dev.weir.forecast.window;

import java.io.IOException;

/** Event time, the clock, and the timers of the current series, as the engine has them. */
public interface SeriesTimer {

  /** When the timer fires that drops the series; null for none. */
  Long expiry() throws IOException;

  /**
   * Keeps it.
   *
   * @param time null to drop it
   */
  void expiry(Long time) throws IOException;

  /**
   * Event time, milliseconds since 1970 in UTC; {@link Long#MAX_VALUE} once the input has ended.
   */
  long watermark();

  /** The machine's clock, milliseconds since 1970; asked for the few decisions that need it. */
  long now();

  /** Has the series called again when event time reaches this; once, however often it is asked. */
  void wakeAt(long time);

  /** Takes {@link #wakeAt} back. */
  void doNotWakeAt(long time);
}
