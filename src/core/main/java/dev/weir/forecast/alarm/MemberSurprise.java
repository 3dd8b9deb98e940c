package dev.weir.forecast.alarm;

/**
 * A surprising value of a member of a group.
 *
 * @param group name of the group
 * @param series name of the member
 * @param time of the value, milliseconds since 1970
 * @param value the value
 * @param surprise above {@link GroupTracker#EXPECTED}
 * @param interval that members' values are joined by, in milliseconds; 0: those of the same time
 * @param enough sum of the group's surprises from which an incident is opened
 * @param spacing from one value of the member to the next, in milliseconds
 */
public record MemberSurprise(
    String group,
    String series,
    long time,
    double value,
    double surprise,
    double enough,
    long interval,
    long spacing) {

  /** When the interval begins that the value is in. */
  long begin() {
    return interval == 0 ? time : Math.floorDiv(time, interval) * interval;
  }

  /** The last millisecond of that interval. */
  public long end() {
    return interval == 0 ? time : begin() + interval - 1;
  }
}
