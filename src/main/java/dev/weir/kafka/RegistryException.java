package dev.weir.kafka;

import java.io.IOException;

/** A schema registry did not do what was asked of it: what, expected, got. */
final class RegistryException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What a further try would bring. */
  enum Kind {
    /** Perhaps the answer: it is away, overloaded, or something else answers in its place. */
    AWAY,
    /** The same again, since the registry has spoken. */
    REFUSED,
    /** The same again until somebody registers what is not there. */
    UNKNOWN
  }

  private final Kind kind;

  RegistryException(Kind kind, String message) {
    this(kind, message, null);
  }

  RegistryException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
