package dev.weir.kafka;

import dev.weir.kafka.wire.TimeText;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * A place in a topic, the same for each partition.
 *
 * @param kind what names the place
 * @param at the offset, or the time in epoch milliseconds; 0 for the other kinds
 */
public record SourcePosition(Kind kind, long at) implements Serializable {

  /** What names a place. */
  public enum Kind {
    /** The first record that is still there. */
    EARLIEST,
    /** Behind the last record. */
    LATEST,
    /** Where the consumer group has got to; the first record where it has not been. */
    COMMITTED,
    /** The record of this offset. */
    OFFSET,
    /** The first record whose Kafka timestamp is this time or later. */
    TIMESTAMP
  }

  public static final SourcePosition EARLIEST = new SourcePosition(Kind.EARLIEST, 0);
  public static final SourcePosition LATEST = new SourcePosition(Kind.LATEST, 0);
  public static final SourcePosition COMMITTED = new SourcePosition(Kind.COMMITTED, 0);

  /** What {@link #parse} takes. */
  public static final String EXPECTED =
      "earliest, latest, committed, an offset such as 1200 or a time such as 2026-01-31T00:00:00Z";

  /** What {@link #parseEnd} takes. */
  public static final String EXPECTED_END =
      "latest, an offset such as 1200 or a time such as 2026-01-31T00:00:00Z";

  /**
   * @throws IllegalArgumentException unless it is one of {@link #EXPECTED_END}
   */
  public static SourcePosition parseEnd(String text) {
    SourcePosition end = parse(text);
    if (end.equals(EARLIEST) || end.equals(COMMITTED)) {
      throw new IllegalArgumentException("expected " + EXPECTED_END + ", got " + text);
    }
    return end;
  }

  /**
   * @throws IllegalArgumentException unless it is one of {@link #EXPECTED}
   */
  public static SourcePosition parse(String text) {
    switch (text) {
      case "earliest":
        return EARLIEST;
      case "latest":
        return LATEST;
      case "committed":
        return COMMITTED;
      default:
        if (text.matches("[0-9]{1,18}")) {
          return new SourcePosition(Kind.OFFSET, Long.parseLong(text));
        }
        try {
          return new SourcePosition(Kind.TIMESTAMP, TimeText.iso(text));
        } catch (DateTimeException | ArithmeticException e) {
          throw new IllegalArgumentException("expected " + EXPECTED + ", got " + text, e);
        }
    }
  }

  @Override
  public String toString() {
    return switch (kind) {
      case OFFSET -> Long.toString(at);
      case TIMESTAMP -> Instant.ofEpochMilli(at).toString();
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}
