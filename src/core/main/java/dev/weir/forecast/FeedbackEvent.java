package dev.weir.forecast;

import dev.weir.forecast.Incident.Reason;
import java.util.Locale;

/**
 * What somebody says of the alarms of a series, together with the record that brought it.
 *
 * @param observed the series whose observations it is about
 * @param series whose incidents it is about: the same, or of one of its targets
 * @param kind what is said
 * @param reason of the incident; null of mutes
 * @param time start of the incident, or from when a mute counts; milliseconds since 1970 in UTC
 * @param until the end of a mute, which does not belong to it; else 0
 * @param note why, in one line; may be empty
 */
public record FeedbackEvent(
    String observed,
    String series,
    Kind kind,
    Reason reason,
    long time,
    long until,
    String note,
    SourceRecord source)
    implements InputEvent {

  /** Characters of a note at most. */
  public static final int MAX_NOTE_LENGTH = 200;

  /** What is said. */
  public enum Kind {

    /** The incident was a false alarm: its reason needs more evidence from now on. */
    DISMISS,

    /** It was a true one: takes one dismissal of its reason back. */
    CONFIRM,

    /** Incidents that start in a span of time are reported as muted. */
    MUTE,

    /** Takes all mutes of the series back. */
    UNMUTE;

    /** Whether it is about one incident. */
    public boolean isOfIncident() {
      return this == DISMISS || this == CONFIRM;
    }

    /**
     * @throws IllegalArgumentException if there is no such kind
     */
    public static Kind ofLabel(String label) {
      for (Kind kind : values()) {
        if (kind.label().equals(label)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "expected dismiss, confirm, mute or unmute, got '%s'".formatted(label));
    }

    /** As records name it, in lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
