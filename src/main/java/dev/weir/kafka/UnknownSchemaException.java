package dev.weir.kafka;

/** A record whose schema is not available; a replay may succeed. */
final class UnknownSchemaException extends MalformedException {

  private static final long serialVersionUID = 1L;

  UnknownSchemaException(String message) {
    super(message);
  }
}
