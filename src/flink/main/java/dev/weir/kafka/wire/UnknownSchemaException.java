package dev.weir.kafka.wire;

/** A record whose schema is not available; a replay may succeed. */
public sealed class UnknownSchemaException extends MalformedRecordException
    permits SchemaUnavailableException {

  private static final long serialVersionUID = 1L;

  public UnknownSchemaException(String message) {
    super(message);
  }
}
