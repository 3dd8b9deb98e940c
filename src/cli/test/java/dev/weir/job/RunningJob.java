package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.cluster.ClusterFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A submitted job of a test, which ends with it. */
public final class RunningJob implements AutoCloseable {

  private final JobClient client;

  RunningJob(JobClient client) {
    this.client = client;
  }

  JobID id() {
    return client.getJobID();
  }

  /** Without a restart strategy a job that runs has not failed since it began. */
  public void assertRunning() throws Exception {
    assertThat(client.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
  }

  /** Waits, but not for a job that is dead: then the cause of its death is the test's failure. */
  public ConditionFactory await() {
    return Awaitility.await()
        .pollInterval(Duration.ofMillis(200))
        .failFast("the job is dead", this::throwFailure);
  }

  private void throwFailure() throws Exception {
    if (client.getJobStatus().get().isGloballyTerminalState()) {
      client.getJobExecutionResult().get();
      throw new AssertionError("the job ended");
    }
  }

  /** Waits until it fails, and gives the reason as {@code weir status} shows it. */
  String failure() throws InterruptedException {
    try {
      client.getJobExecutionResult().get();
    } catch (ExecutionException e) {
      return ClusterFailure.root(e);
    }
    throw new AssertionError("the job ended");
  }

  /** Stops it with a savepoint in a folder, and gives the savepoint. */
  String stop(Path savepoints) throws Exception {
    return client
        .stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  @Override
  public void close() throws Exception {
    if (client.getJobStatus().get().isGloballyTerminalState()) {
      return;
    }
    client.cancel().get();
    try {
      client.getJobExecutionResult().get();
    } catch (CancellationException | ExecutionException e) {
      // cancelled, as wanted; its slots are free now
    }
  }
}
