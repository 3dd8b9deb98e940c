package dev.weir.job;

import dev.weir.kafka.OutsideTopic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job over history: submits it, waits until it has read up to its end, and stops it with a
 * savepoint that streaming goes on from. If this process dies before, the job stays at its end and
 * {@code flink stop} does the rest.
 */
public final class BoundedJobRunner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BoundedJobRunner.class);

  private static final int ATTEMPTS = 3;

  /** The source looks for unread records each two seconds; watermarks come five times a second. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** A wait without progress longer than this is logged: three checkpoints of the default. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JobClient client;
  private final HistoryProgress progress;
  private final Duration settling; // what event time needs to see that nothing more comes

  private BoundedJobRunner(JobClient client, JobSettings settings) {
    this.client = client;
    OutsideTopic outside = settings.kafka().topics().outside();
    Duration idle = outside == null ? Duration.ZERO : outside.idleTimeout();
    this.settling =
        settings.forecast().outOfOrderness().isZero() && outside == null
            ? Duration.ZERO
            : (idle.compareTo(settings.idleTimeout()) > 0 ? idle : settings.idleTimeout())
                .plus(SLACK);
    this.progress = new HistoryProgress(settings.kafka(), client.getJobID().toString());
  }

  /**
   * Submits the job.
   *
   * @param settings with {@code mode: bounded}
   */
  public static BoundedJobRunner submit(StreamExecutionEnvironment env, JobSettings settings)
      throws Exception {
    if (!settings.kafka().source().span().isBounded()) {
      throw new IllegalArgumentException("mode: expected bounded, got streaming");
    }
    JobSettings prepared = ForecastJob.prepareTopics(settings);
    return new BoundedJobRunner(ForecastJob.execute(env, prepared), prepared);
  }

  public JobClient client() {
    return client;
  }

  /**
   * Waits for the end and stops the job.
   *
   * @param savepoints folder for the savepoint; null: the cluster's
   * @return where the savepoint is
   * @throws IllegalStateException when the job fails before or can't be stopped
   */
  public String stopAtEnd(String savepoints) throws InterruptedException {
    return stopAtEnd(savepoints, PATIENCE);
  }

  /**
   * As {@link #stopAtEnd(String)}.
   *
   * @param patience a wait without progress longer than this is logged
   */
  String stopAtEnd(String savepoints, Duration patience) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      awaitEnd(patience);
      TimeUnit.MILLISECONDS.sleep(settling.toMillis());
      try { // no drain: to the operators the stream has not ended, it only pauses
        return get(
            "stop with a savepoint",
            client.stopWithSavepoint(false, savepoints, SavepointFormatType.CANONICAL));
      } catch (IllegalStateException e) { // a task may just have failed, and the job goes on
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.warn("tries again: {}", e.getMessage());
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
      }
    }
  }

  private void awaitEnd(Duration patience) throws InterruptedException {
    List<String> before = null;
    long since = System.nanoTime();
    while (true) {
      JobStatus status = get("tell its status", client.getJobStatus());
      if (status.isGloballyTerminalState()) {
        get("read its history", client.getJobExecutionResult()); // says why it has failed
        throw failure("read its history", "it is " + status, null);
      }
      List<String> unread = progress.unread();
      if (unread.isEmpty()) {
        return;
      }
      if (!unread.equals(before)) {
        before = unread;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > patience.toNanos()) {
        since = System.nanoTime();
        LOG.warn(
            "job {} is {}: no checkpoint of the last {} s has read more of its history: {};"
                + " look at its checkpoints and exceptions on Flink's page",
            client.getJobID(),
            status,
            patience.toSeconds(),
            String.join(", ", unread));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
    }
  }

  private <T> T get(String what, CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw failure(what, cause.toString(), e);
    }
  }

  private IllegalStateException failure(String what, String got, Throwable cause) {
    return new IllegalStateException(
        "job %s: expected it to %s, got: %s".formatted(client.getJobID(), what, got), cause);
  }

  @Override
  public void close() {
    progress.close();
  }
}
