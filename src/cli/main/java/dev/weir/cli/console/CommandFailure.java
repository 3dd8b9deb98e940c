package dev.weir.cli.console;

/** Ends a command with code 1, after one line that says what was expected, got and where. */
public class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param format of the line, without the command's name
   */
  public CommandFailure(String format, Object... args) {
    super(format.formatted(args));
  }
}
