package dev.weir.kafka.wire;

/**
 * A record whose schema nobody could be asked for: the registry does not answer, or was not asked.
 * The same record can be read once it answers.
 */
public final class SchemaUnavailableException extends UnknownSchemaException {

  private static final long serialVersionUID = 1L;

  public SchemaUnavailableException(String message) {
    super(message);
  }
}
