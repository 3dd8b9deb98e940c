package dev.weir.cli.local;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/** A Flink cluster inside this JVM, with its web page. */
public final class LocalCluster implements AutoCloseable {

  private static final String PORTS = "8081-8099";

  private final MiniCluster cluster;
  private final Configuration configuration;
  private final Path checkpoints;

  private LocalCluster(MiniCluster cluster, Configuration configuration, Path checkpoints) {
    this.cluster = cluster;
    this.configuration = configuration;
    this.checkpoints = checkpoints;
  }

  /**
   * Starts a cluster that listens on loopback only and whose REST endpoint changes nothing, unless
   * {@code settings} say otherwise.
   *
   * @param settings settings of Flink, which win over the defaults of an embedded cluster
   */
  public static LocalCluster start(Map<String, String> settings) throws Exception {
    Path checkpoints = TemporaryFolder.create("checkpoints");
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, PORTS);
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_ADDRESS, "localhost");
    configuration.set(JobManagerOptions.BIND_HOST, "localhost"); // the blob server's, too
    configuration.set(TaskManagerOptions.BIND_HOST, "localhost"); // and that of collected results
    configuration.set(TaskManagerOptions.HOST, "localhost");
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(ReadOnlyRest.ENABLED, true);
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.forEach(configuration::setString);
    int parallelism =
        configuration.get(org.apache.flink.configuration.CoreOptions.DEFAULT_PARALLELISM);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(
                    Math.max(parallelism, configuration.get(TaskManagerOptions.NUM_TASK_SLOTS)))
                .build());
    try {
      cluster.start();
    } catch (UnknownHostException e) { // Flink asks for the address of the machine's own name
      throw new IOException(
          "host name: expected the name of this machine to have an address, got none (%s)"
              .formatted(e.getMessage()),
          e);
    }
    return new LocalCluster(cluster, configuration, checkpoints);
  }

  /**
   * As {@link #start}, in a thread of its own: beside the broker, since each needs seconds.
   *
   * @return the cluster, which the caller closes
   */
  public static Future<LocalCluster> startBeside(Map<String, String> settings) {
    FutureTask<LocalCluster> starting = new FutureTask<>(() -> start(settings));
    Thread thread = new Thread(starting, "cluster start");
    thread.setDaemon(true); // a command that failed meanwhile does not wait for it
    thread.start();
    return starting;
  }

  /** An environment whose jobs run here. */
  public StreamExecutionEnvironment environment() {
    return LocalSubmission.environment(cluster, configuration);
  }

  public URI webAddress() throws Exception {
    return cluster.getRestAddress().get();
  }

  /** What this cluster's JobManager knows and its web page tells less of. */
  public MiniCluster miniCluster() {
    return cluster;
  }

  @Override
  public void close() throws Exception {
    cluster.close();
    try {
      FileUtils.deleteDirectory(checkpoints.toFile());
    } catch (IOException e) {
      // a checkpoint that was still being written; the system clears its temporary files
    }
  }
}
