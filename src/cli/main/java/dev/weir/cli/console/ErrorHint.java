package dev.weir.cli.console;

import dev.weir.job.options.JobFileException;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.kafka.common.errors.TimeoutException;

/** What to do about a failure, in a line below the one that says what it is. */
public final class ErrorHint {

  private ErrorHint() {}

  /**
   * The line; null when the message itself has it, after a semicolon as our own do.
   *
   * @param command as it is typed, such as {@code weir model list}
   */
  public static String after(Throwable failure, String command) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String step = of(t);
      if (step != null) {
        return step;
      }
    }
    if (failure.getMessage() != null && failure.getMessage().contains("; ")) {
      return null;
    }
    return saysEnough(failure)
        ? command + " --help has examples"
        : "WEIR_JAVA_OPTS=-Dweir.stacktrace=true shows where it happened";
  }

  private static String of(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return "is a broker listening there? try --bootstrap-servers HOST:PORT";
    }
    if (failure instanceof ConnectException) {
      return "is it running there? --jobmanager HOST:PORT, --bootstrap-servers HOST:PORT name"
          + " another place";
    }
    if (failure instanceof BindException) {
      return "name another port, or stop what has it";
    }
    if (failure instanceof NoSuchFileException) {
      return "check the path; a relative one starts at " + Path.of("").toAbsolutePath();
    }
    if (failure instanceof AccessDeniedException) {
      return "let this user read and write it, or name another place";
    }
    if (failure instanceof JobFileException) {
      return "docs/job-file.md lists what a job file may say";
    }
    if (failure instanceof ModelFormatException) {
      return "weir model inspect FILE --help lists the options that describe a file;"
          + " src/core/main/python/convert_pt.py makes safetensors of a .pt";
    }
    return null;
  }

  /** Whether the message is one of ours, which say what was expected and where. */
  private static boolean saysEnough(Throwable failure) {
    return (failure instanceof IOException
            || failure instanceof IllegalStateException
            || failure instanceof IllegalArgumentException)
        && String.valueOf(failure.getMessage()).contains("expected");
  }
}
