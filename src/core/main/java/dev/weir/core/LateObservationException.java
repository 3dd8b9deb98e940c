package dev.weir.core;

/**
 * An observation of a time that its series has passed, or another value for the time of its newest
 * one. The series is as it was before: catch it, and go on with the next observation.
 *
 * <p>The very same observation again is not late: {@link Series#observe} returns the newest
 * forecast again.
 */
public final class LateObservationException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  LateObservationException(String message) {
    super(message);
  }
}
