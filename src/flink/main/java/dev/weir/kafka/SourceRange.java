package dev.weir.kafka;

import java.io.Serializable;

/**
 * What is read of the observations.
 *
 * @param start where a job begins that has no savepoint
 * @param end where it stops reading, of what is there when it is submitted; null: it reads on
 */
public record SourceRange(SourcePosition start, SourcePosition end) implements Serializable {

  /** From where the group has got to, without end. */
  public static final SourceRange STREAM = new SourceRange(SourcePosition.COMMITTED, null);

  public boolean isBounded() {
    return end != null;
  }
}
