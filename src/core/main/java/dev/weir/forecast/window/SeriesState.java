package dev.weir.forecast.window;

import java.io.IOException;

/**
 * State of one series. The caller of an engine loads it before a call and saves what has changed
 * after it. A subclass reads seldom needed parts on demand. Not thread-safe.
 *
 * @param <T> the window, with what else each observation needs
 */
public class SeriesState<T extends WindowState> {

  private T times;
  private boolean isChanged;
  private Long expiry;

  /**
   * Loads the saved state.
   *
   * @param kept null for a new series
   */
  public final void load(T kept) {
    times = kept;
    isChanged = false;
  }

  /** Null for a new series. */
  public final T times() {
    return times;
  }

  /**
   * Replaces it, or marks it as changed.
   *
   * @param next null: drop the series
   */
  public final void times(T next) {
    times = next;
    isChanged = true;
  }

  /** Whether {@link #times} must be saved. */
  public final boolean isChanged() {
    return isChanged;
  }

  /** Marks it as saved. */
  public final void saved() {
    isChanged = false;
  }

  /** When the timer fires that drops the series; null for none. */
  public Long expiry() throws IOException {
    return expiry;
  }

  /**
   * Sets it.
   *
   * @param time null to drop it
   */
  public void expiry(Long time) throws IOException {
    expiry = time;
  }
}
