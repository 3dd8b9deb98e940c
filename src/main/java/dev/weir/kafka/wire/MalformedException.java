package dev.weir.kafka.wire;

import java.io.IOException;

/** Bytes that are not the Avro that they should be: what was expected, what came, where. */
public sealed class MalformedException extends IOException permits UnknownSchemaException {

  private static final long serialVersionUID = 1L;

  public MalformedException(String message) {
    super(message);
  }

  public MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}
