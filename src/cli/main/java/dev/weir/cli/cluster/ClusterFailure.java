package dev.weir.cli.cluster;

import java.net.ConnectException;
import java.net.UnknownHostException;
import org.apache.flink.util.ExceptionUtils;

/** What a cluster said when it failed: Flink hands on whole stack traces of its own. */
public final class ClusterFailure {

  private ClusterFailure() {}

  /** Why, in one line: the last cause, also of a stack trace that came as text. */
  public static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.toString() : root(message).strip();
  }

  /** The line of a stack trace that contains the last cause. */
  public static String root(String trace) {
    String why = trace.lines().findFirst().orElse("");
    for (String line : (Iterable<String>) trace.lines()::iterator) {
      if (line.startsWith("Caused by: ")) {
        why = line.substring("Caused by: ".length());
      }
    }
    return why;
  }

  /**
   * The failure of a submission as one line that says what to do.
   *
   * @param savepoint that the job was to start from; null for none
   */
  public static IllegalStateException ofSubmission(
      Throwable failure, String jobManager, String savepoint) {
    if (ExceptionUtils.findThrowable(failure, ConnectException.class).isPresent()
        || ExceptionUtils.findThrowable(failure, UnknownHostException.class).isPresent()) {
      return new IllegalStateException(
          "Flink at %s: expected a JobManager's REST endpoint, got %s; is it running there? --jobmanager HOST:PORT names another"
              .formatted(jobManager, root(failure)),
          failure);
    }
    String all = ExceptionUtils.stringifyException(failure);
    if (savepoint != null
        && (all.contains("Cannot find checkpoint or savepoint")
            || all.contains("Cannot find meta data file"))) {
      return new IllegalStateException(
          "--savepoint: expected a savepoint that the JobManager can read, got %s (%s); check the path: weir stop and flink stop print it"
              .formatted(savepoint, root(failure)),
          failure);
    }
    return new IllegalStateException(
        "Flink at %s: expected it to take the job, got: %s; the JobManager's log says more"
            .formatted(jobManager, root(failure)),
        failure);
  }
}
