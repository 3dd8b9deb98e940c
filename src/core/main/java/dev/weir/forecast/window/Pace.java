package dev.weir.forecast.window;

import dev.weir.forecast.StateFields;
import java.io.IOException;

/**
 * The spacing of a series' observations, and whether the series is silent; while it is, an incident
 * is open. Part of a {@link WindowState}. Mutable, not thread-safe.
 *
 * <p>The usual time between two observations is a mean of the newest 50 or so, in which each counts
 * as at most a tenth off; how many are missing between two, a mean of 1,000. Where p of them are
 * missing on average, k in a row are by a chance of p^k, so a silence begins with the least k, at
 * least {@value #LEAST}, of a chance below one in a million. A time between two that has come
 * twice, such as each night, is usual too; it is forgotten over some 2,000 observations.
 */
public final class Pace {

  /** In place of a time. */
  static final long NONE = Long.MIN_VALUE;

  private static final int BEGINNING = 30; // times between two before the first silence
  private static final int LEAST = 3;
  private static final double CHANCE = 1e-6;
  private static final double LATE =
      0.25; // of the usual time, which an observation may take longer

  private static final double SPACING_VALUES = 50;
  private static final double OFF = 0.1; // a time between two counts as no further off than this
  private static final int MISSING_VALUES = 1_000;
  private static final double PRIOR = 20; // prior weight, in times between two
  private static final double PRIOR_MISSING = 0.05;
  private static final double MOST = 1e15; // milliseconds: sums do not overflow
  private static final double LONG = 1.25; // of a long time between two that has come twice
  private static final double BEHIND_REMEMBERED = 0.9;
  private static final double REMEMBERED = 1 - 1.0 / 2_000;

  private int count; // of times between two
  private double spacing; // milliseconds, as the next but one
  private double missing = PRIOR_MISSING;
  private double longest;
  private double second; // longest
  private long due = NONE; // when the series is silent
  private long timer = NONE;
  private boolean isSilent;
  private long behind; // milliseconds

  /**
   * Takes in the time to the next observation.
   *
   * @param gap milliseconds, at least 0
   */
  public void observe(long gap) {
    double time = Math.min(gap, MOST);
    count = Math.min(MISSING_VALUES, count + 1);
    if (count == 1) {
      spacing = time;
    }
    double absent = Math.min(missing(gap), silentAfter());
    double most = spacing * (count < BEGINNING ? 0.5 : OFF);
    double step = Math.max(-most, Math.min(most, time - spacing));
    spacing += Math.max(1.0 / count, 1 / SPACING_VALUES) * step;
    missing += (absent - missing) / Math.min(count + PRIOR, MISSING_VALUES);
    longest *= REMEMBERED;
    second *= REMEMBERED;
    if (time > longest) {
      second = longest;
      longest = time;
    } else if (time > second) {
      second = time;
    }
  }

  /**
   * Takes in how far the newest observation is behind those of other series, for a slow clock or a
   * backfill.
   *
   * @param millis at least 0
   */
  public void behind(long millis) {
    behind = Math.max(Math.min(millis, (long) MOST), (long) (BEHIND_REMEMBERED * behind));
  }

  /** Maximum recent time behind other series, milliseconds. */
  public long behind() {
    return behind;
  }

  /** Number of observations missing in a time between two. */
  public double missing(double gap) {
    return spacing > 0 ? Math.max(0, Math.rint(gap / spacing) - 1) : 0;
  }

  /** Number of observations overdue at a time after the newest one. */
  public double overdue(double since) {
    return spacing > 0 ? Math.max(0, Math.floor(since / spacing - LATE / 2)) : 0;
  }

  /** Length of a run of missing observations with a probability below one in a million. */
  private double silentAfter() {
    return Math.max(LEAST, Math.ceil(Math.log(CHANCE) / Math.log(share())));
  }

  /** Share of the observations that are missing. */
  private double share() {
    return missing / (1 + missing);
  }

  /** -log10 of the probability of so many missing in a row. */
  public double surprise(double absent) {
    return -absent * Math.log10(share());
  }

  /** Milliseconds after the newest observation until the series is silent; 0 while unknown. */
  public long limit() {
    return count < BEGINNING ? 0 : (long) Math.max((silentAfter() + LATE) * spacing, LONG * second);
  }

  /** The usual time between two, milliseconds; 0 while unknown. */
  public double spacing() {
    return count < BEGINNING ? 0 : spacing;
  }

  /** When the series will be silent; null for never. */
  public Long due() {
    return due == NONE ? null : (Long) due;
  }

  /**
   * @param time null: never
   */
  public void due(Long time) {
    due = time == null ? NONE : time;
  }

  /** Whether a timer that fires is the one for the silence. */
  public boolean isTimer(long time) {
    return timer == time;
  }

  /** Whether a timer must be set for a time, since no earlier one is; remembers it as set. */
  public boolean wantsTimer(long time) {
    boolean wants = timer == NONE || timer > time;
    timer = wants ? time : timer;
    return wants;
  }

  /** The timer has fired. */
  public void fired() {
    timer = NONE;
  }

  /** Whether an incident of silence is open. */
  public boolean isSilent() {
    return isSilent;
  }

  public void silent(boolean is) {
    isSilent = is;
  }

  Pace copy() {
    Pace copy = new Pace();
    copy.count = count;
    copy.spacing = spacing;
    copy.missing = missing;
    copy.longest = longest;
    copy.second = second;
    copy.due = due;
    copy.timer = timer;
    copy.isSilent = isSilent;
    copy.behind = behind;
    return copy;
  }

  /** Declares the fields; fails if those read are invalid. */
  Pace fields(StateFields fields) throws IOException {
    count = fields.number("times between observations", count);
    spacing = fields.number("usual time between observations", spacing);
    missing = fields.number("missing for each observation", missing);
    longest = fields.number("longest time between observations", longest);
    second = fields.number("second longest", second);
    due = fields.number("silent from", due);
    timer = fields.number("timer", timer);
    isSilent = fields.flag("is silent", isSilent);
    behind = fields.number("behind other series", behind);
    boolean isSound =
        count >= 0
            && count <= MISSING_VALUES
            && isTime(spacing)
            && missing > 0
            && missing <= MOST
            && isTime(longest)
            && isTime(second)
            && isTime(behind);
    if (fields.reads() && !isSound) {
      throw new IOException("pace: expected times between observations, got other numbers");
    }
    return this;
  }

  private static boolean isTime(double millis) {
    return millis >= 0 && millis <= MOST;
  }
}
