package dev.weir.kafka.wire;

import java.io.IOException;

/** Bytes that are not the Avro that they should be: what was expected, what came, where. */
public sealed class MalformedRecordException extends IOException
    permits AheadVectors.LengthException, UnknownSchemaException {

  private static final long serialVersionUID = 1L;

  public MalformedRecordException(String message) {
    super(message);
  }

  public MalformedRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
