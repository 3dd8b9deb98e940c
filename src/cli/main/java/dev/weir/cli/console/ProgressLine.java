package dev.weir.cli.console;

import java.io.PrintStream;

/**
 * How far a long work is, on standard error: on a terminal one line that changes, with a bar, and
 * elsewhere a plain line each tenth of the work, and each minute. Safe for several threads.
 */
public final class ProgressLine {

  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final double PLAIN_SHARE = 0.0999; // a tenth, whatever rounding does

  /** Before, the start counts too much: estimates were up to nine times too high. */
  private static final double MIN_SHARE = 0.2;

  private static final long MIN_NANOS = 5_000_000_000L;
  private static final int CELLS = 24;
  private static final String CLEAR = "\r\033[K";

  private final PrintStream err;
  private final boolean terminal;
  private final long plainNanos;
  private long lastShown = System.nanoTime();
  private double lastShare;
  private long firstNanos = -1; // of the first share
  private double firstShare;
  private boolean shown; // whether the line on the terminal is ours to clear

  /** With a plain line each two seconds at most. */
  public ProgressLine() {
    this(2_000_000_000L);
  }

  public ProgressLine(long plainNanos) {
    this(System.err, Terminal.isErr(), plainNanos);
  }

  /**
   * @param plainNanos time between two lines where there is no terminal, at least
   */
  public ProgressLine(PrintStream err, boolean terminal, long plainNanos) {
    this.err = err;
    this.terminal = terminal;
    this.plainNanos = plainNanos;
  }

  /**
   * Shows what percentage is done and a text, unless that has just been shown.
   *
   * @param share from 0 to 1
   */
  public synchronized void show(double share, String format, Object... args) {
    long quiet = System.nanoTime() - lastShown;
    boolean isNews = share - lastShare >= PLAIN_SHARE || quiet >= MINUTE_NANOS;
    if (terminal ? quiet >= TERMINAL_NANOS : isNews && quiet >= plainNanos) {
      lastShare = share;
      step(share, "%3.0f %%%s", 100 * share, String.format(format, args));
    }
  }

  /** Shows what percentage is done, and the time that is left as soon as that can be said. */
  public synchronized void estimate(double share) {
    long now = System.nanoTime();
    if (firstNanos < 0) { // the work before is of another kind
      firstNanos = now;
      firstShare = share;
    }
    boolean isKnown = share >= MIN_SHARE && now - firstNanos >= MIN_NANOS;
    double left = (now - firstNanos) / 1e9 * (1 - share) / (share - firstShare);
    show(share, isKnown ? ", about %.0f s left" : "", left);
  }

  /** Shows it in any case. */
  public synchronized void step(double share, String format, Object... args) {
    lastShown = System.nanoTime();
    write(share, String.format(format, args));
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
    err.println(String.format(format, args));
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
