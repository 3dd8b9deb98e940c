package dev.weir.forecast.window;

import java.io.IOException;

/**
 * What is kept of one series. The caller of an engine takes it from where it is kept before a call,
 * and keeps what has changed after it. Parts that are seldom needed are read when they are asked
 * for: a subclass says how. Not thread-safe.
 *
 * @param <T> the window, with what else each observation needs
 */
public class SeriesState<T extends WindowState> {

  private T times;
  private boolean isChanged;
  private Long expiry;

  /**
   * As it is kept.
   *
   * @param kept null of a series that is not known
   */
  public final void load(T kept) {
    times = kept;
    isChanged = false;
  }

  /** Null of a series that is not known. */
  public final T times() {
    return times;
  }

  /**
   * Replaces it, or says that it has changed.
   *
   * @param next null: nothing is to be kept of the series
   */
  public final void times(T next) {
    times = next;
    isChanged = true;
  }

  /** Whether {@link #times} is to be saved. */
  public final boolean isChanged() {
    return isChanged;
  }

  /** It is kept as it is now. */
  public final void saved() {
    isChanged = false;
  }

  /** When the timer fires that drops the series; null for none. */
  public Long expiry() throws IOException {
    return expiry;
  }

  /**
   * Keeps it.
   *
   * @param time null to drop it
   */
  public void expiry(Long time) throws IOException {
    expiry = time;
  }
}
