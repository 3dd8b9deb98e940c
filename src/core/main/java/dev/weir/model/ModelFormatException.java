package dev.weir.model;

import java.io.IOException;

/** Bytes that are not a model we can use. The message says what, expected, got, and where. */
public final class ModelFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  ModelFormatException(String what, String expected, String got, String where) {
    this("%s: expected %s, got %s".formatted(what, expected, got), where);
  }

  ModelFormatException(String complaint, String where) {
    super("%s (%s)".formatted(complaint, where));
  }
}
