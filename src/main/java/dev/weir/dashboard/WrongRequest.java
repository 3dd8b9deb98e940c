package dev.weir.dashboard;

/** A request that the page would not have sent. The message says what, expected, got. */
final class WrongRequest extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  WrongRequest(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
