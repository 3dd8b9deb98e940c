package dev.weir.cli.console;

import java.io.PrintStream;
import java.util.Locale;

/**
 * How far a long work is, on standard error: on a terminal one line that changes, with a bar, and
 * elsewhere a plain line now and then. Safe for several threads.
 */
public final class ProgressLine {

  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final int CELLS = 24;
  private static final String CLEAR = "\r\033[K";

  private final PrintStream err;
  private final boolean terminal;
  private final long plainNanos;
  private long lastShown;
  private boolean shown; // whether the line on the terminal is ours to clear

  public ProgressLine(long plainNanos) {
    this(System.err, Terminal.isErr(), plainNanos);
  }

  /**
   * @param plainNanos time between two lines where there is no terminal
   */
  public ProgressLine(PrintStream err, boolean terminal, long plainNanos) {
    this.err = err;
    this.terminal = terminal;
    this.plainNanos = plainNanos;
    this.lastShown = System.nanoTime() - plainNanos; // the first one is shown
  }

  /**
   * Shows how far it is, unless that has just been shown.
   *
   * @param share from 0 to 1
   */
  public synchronized void show(double share, String format, Object... args) {
    long now = System.nanoTime();
    if (now - lastShown < (terminal ? TERMINAL_NANOS : plainNanos)) {
      return;
    }
    lastShown = now;
    write(share, String.format(Locale.ROOT, format, args));
  }

  /** Shows it in any case. */
  public synchronized void step(double share, String format, Object... args) {
    lastShown = System.nanoTime();
    write(share, String.format(Locale.ROOT, format, args));
  }

  private void write(double share, String text) {
    if (terminal) {
      err.print(CLEAR + bar(share) + " " + text);
      err.flush();
      shown = true;
    } else {
      err.println(text);
    }
  }

  /** A line that stays. */
  public synchronized void line(String format, Object... args) {
    clear();
    err.println(String.format(Locale.ROOT, format, args));
  }

  /** The work is over, one way or the other: nothing half is left on the terminal. */
  public synchronized void clear() {
    if (shown) {
      err.print(CLEAR);
      err.flush();
      shown = false;
    }
  }

  static String bar(double share) {
    int full = (int) Math.round(CELLS * Math.min(1, Math.max(0, share)));
    return "[" + "#".repeat(full) + "-".repeat(CELLS - full) + "]";
  }
}
