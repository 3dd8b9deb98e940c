package dev.weir.model;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Converts times to the local time of a zone, with its daylight saving. Keeps the offset until the
 * zone's next transition, so times that come nearly in order cost a comparison each and allocate
 * nothing. Not thread-safe.
 */
public final class LocalClock {

  private final ZoneRules rules;
  private long from = Long.MAX_VALUE; // the offset is valid from here
  private long until = Long.MIN_VALUE; // to before here
  private long offset; // milliseconds

  public LocalClock(ZoneId zone) {
    this.rules = zone.getRules();
  }

  /**
   * The local time, as the milliseconds from 1970-01-01 00:00 to the same date and time of day on a
   * clock without transitions.
   *
   * @param time milliseconds since 1970 in UTC
   */
  public long local(long time) {
    if (time < from || time >= until) {
      find(time);
    }
    return time + offset;
  }

  private void find(long time) {
    Instant instant = Instant.ofEpochMilli(time);
    offset = 1_000L * rules.getOffset(instant).getTotalSeconds();
    // the transition at this very time is the previous one of a moment later
    ZoneOffsetTransition before = rules.previousTransition(instant.plusMillis(1));
    ZoneOffsetTransition next = rules.nextTransition(instant);
    from = before == null ? Long.MIN_VALUE : before.toEpochSecond() * 1_000;
    until = next == null ? Long.MAX_VALUE : next.toEpochSecond() * 1_000;
  }
}
