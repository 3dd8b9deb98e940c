package dev.weir.cli.console;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** An option that is wrong, in one line: what, expected and got. Ends a command with code 2. */
public final class UsageException extends CommandFailure {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super("%s", message);
  }

  /** What picocli says before the command's usage. */
  public static ParameterException of(CommandSpec command, String problem) {
    return new ParameterException(command.commandLine(), command.qualifiedName() + ": " + problem);
  }

  /**
   * @param got null for nothing
   */
  public static void check(boolean holds, String option, String expected, Object got) {
    if (!holds) {
      throw new UsageException(
          "%s: expected %s, got %s".formatted(option, expected, got == null ? "none" : got));
    }
  }

  /** What is made of an option, whose name comes before the message if it is refused. */
  public static <T> T parsed(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + e.getMessage());
    }
  }

  /**
   * Fails for a number out of its range.
   *
   * @param got null for none, which is fine
   */
  public static void checkRange(String option, Number got, long least, long most) {
    check(
        got == null || got.longValue() >= least && got.longValue() <= most,
        option,
        "%d to %d".formatted(least, most),
        got);
  }

  /** Fails for what is no regular file: a pipe could block, or be empty when it is read again. */
  public static void checkFile(String option, String expected, Path got) {
    boolean isOther = got != null && Files.exists(got);
    check(
        got != null && Files.isRegularFile(got),
        option,
        expected,
        isOther ? got + ", which is no regular file" : got);
  }

  /**
   * Fails if a file is missing.
   *
   * @param job null for none
   */
  public static void checkFiles(List<Path> inputs, Path job) {
    for (Path input : inputs) {
      check(Files.exists(input), "--input", "a CSV file or a folder", input);
    }
    if (job != null) {
      checkFile("--job", "a job file", job);
    }
  }
}
