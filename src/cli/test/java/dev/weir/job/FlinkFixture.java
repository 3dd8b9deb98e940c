package dev.weir.job;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.util.IOUtils;

/** The Flink cluster of this JVM's tests; its jobs never restart, so that a failure is one. */
public final class FlinkFixture implements AutoCloseable {

  /**
   * No checkpoint but those that a test asks for. Flink takes the first one at a random moment of
   * the interval: with ten minutes, each fortieth job of fifteen seconds had one.
   */
  public static final Duration NEVER = Duration.ofDays(365);

  private static final Duration OFTEN = Duration.ofMillis(200);
  private static final int SLOTS = 4;

  private static FlinkFixture shared;

  private final MiniCluster cluster;

  private FlinkFixture(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /** Starts it for the first test that asks; it ends with the JVM. No job may be left on it. */
  public static synchronized FlinkFixture shared() {
    try {
      if (shared == null) {
        shared = start(new Configuration());
        Runtime.getRuntime()
            .addShutdownHook(new Thread(() -> IOUtils.closeQuietly(shared), "cluster"));
      }
      for (JobStatusMessage job : shared.cluster.listJobs().get()) {
        if (!job.getJobState().isGloballyTerminalState()) {
          throw new IllegalStateException(
              "an earlier test left job %s %s".formatted(job.getJobName(), job.getJobState()));
        }
      }
      return shared;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A cluster with options of its own, for the caller to close. */
  static FlinkFixture start(Configuration configuration) throws Exception {
    // both 10 s otherwise, which a busy machine may need
    configuration.setString("pekko.startup-timeout", "2 min");
    configuration.setString("pekko.ask.timeout", "2 min");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .withRandomPorts()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    cluster.start();
    return new FlinkFixture(cluster);
  }

  public MiniCluster cluster() {
    return cluster;
  }

  /** An environment whose jobs run here: no restarts, no Kryo. */
  public StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment env = new TestStreamEnvironment(cluster, parallelism);
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    // else a test's few records are through before event time has moved once
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(10));
    env.configure(configuration);
    return env;
  }

  /** As {@link #submit(JobSettings, int, Duration)}, with a checkpoint five times a second. */
  public RunningJob submit(JobSettings settings, int parallelism) throws Exception {
    return submit(settings, parallelism, OFTEN);
  }

  /** As {@link #submit(JobSettings, int)}, from a savepoint. */
  RunningJob restore(JobSettings settings, int parallelism, String savepoint) throws Exception {
    return restore(settings, parallelism, OFTEN, savepoint);
  }

  /** Submits the job as {@code flink run} does. */
  public RunningJob submit(JobSettings settings, int parallelism, Duration checkpointInterval)
      throws Exception {
    return restore(settings, parallelism, checkpointInterval, null);
  }

  /**
   * As {@link #submit}.
   *
   * @param savepoint to start with; null for none
   */
  RunningJob restore(
      JobSettings settings, int parallelism, Duration checkpointInterval, String savepoint)
      throws Exception {
    StreamExecutionEnvironment env = environment(parallelism);
    Configuration configuration =
        new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    env.configure(configuration);
    return new RunningJob(ForecastJob.submit(env, settings));
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
