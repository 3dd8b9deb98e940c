package dev.weir.job;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.client.deployment.ClusterClientFactory;
import org.apache.flink.client.deployment.ClusterDescriptor;
import org.apache.flink.client.deployment.DefaultClusterClientServiceLoader;
import org.apache.flink.client.deployment.application.executors.EmbeddedExecutor;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses to start a job of a name that runs on the cluster already: its output would be doubled.
 */
public final class DuplicateJobCheck {

  private static final Logger LOG = LoggerFactory.getLogger(DuplicateJobCheck.class);

  private static final long FLINK_SECONDS = 10;

  private DuplicateJobCheck() {}

  /**
   * Checks the cluster that the job is submitted to; not one that starts with the job.
   *
   * @param flink the configuration of the environment that the job is submitted by
   * @throws IllegalStateException if a job of this name runs there
   */
  public static void check(String name, ReadableConfig flink) throws InterruptedException {
    Configuration configuration = Configuration.fromMap(flink.toMap());
    if (EmbeddedExecutor.NAME.equals(configuration.get(DeploymentOptions.TARGET))) {
      return;
    }
    for (JobStatusMessage job : jobs(configuration)) {
      if (job.getJobName().equals(name) && !job.getJobState().isGloballyTerminalState()) {
        throw new IllegalStateException(
            "job %s: expected none of this name on the cluster, got one that is %s, id %s; stop it first with a savepoint, or start a second one with --force"
                .formatted(name, job.getJobState(), job.getJobId()));
      }
    }
  }

  /** The cluster's jobs; none if it does not answer, which submitting will report. */
  private static Iterable<JobStatusMessage> jobs(Configuration configuration)
      throws InterruptedException {
    ClusterClientFactory<Object> factory;
    try {
      factory = new DefaultClusterClientServiceLoader().getClusterClientFactory(configuration);
    } catch (IllegalStateException e) { // a cluster that starts with the job
      return List.of();
    }
    try (ClusterDescriptor<Object> descriptor = factory.createClusterDescriptor(configuration)) {
      Object id = factory.getClusterId(configuration);
      if (id == null) {
        return List.of();
      }
      try (ClusterClient<Object> client = descriptor.retrieve(id).getClusterClient()) {
        return client.listJobs().get(FLINK_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("could not list the cluster's jobs", e);
      return List.of();
    } catch (Exception e) { // what descriptors and clients declare
      LOG.info("could not reach the cluster", e);
      return List.of();
    }
  }
}
