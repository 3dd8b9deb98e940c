package dev.weir.kafka;

/** Bytes that may be right, and whose schema is not to be had: whatever a replay may mend. */
final class UnknownSchemaException extends MalformedException {

  private static final long serialVersionUID = 1L;

  UnknownSchemaException(String message) {
    super(message);
  }
}
