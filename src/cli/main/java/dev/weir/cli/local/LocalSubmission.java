package dev.weir.cli.local;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Hands jobs to a cluster in this JVM without HTTP. Flink's own executors either start a cluster
 * for each job or submit over REST, which an embedded cluster refuses.
 */
final class LocalSubmission
    implements PipelineExecutorServiceLoader, PipelineExecutorFactory, PipelineExecutor {

  private static final String NAME = "weir-embedded";

  private final MiniCluster cluster;

  private LocalSubmission(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /** An environment whose jobs run on {@code cluster}. */
  static StreamExecutionEnvironment environment(MiniCluster cluster, Configuration given) {
    Configuration configuration = new Configuration(given);
    configuration.set(DeploymentOptions.TARGET, NAME);
    configuration.set(DeploymentOptions.ATTACHED, true);
    return new StreamExecutionEnvironment(
        new LocalSubmission(cluster), configuration, LocalSubmission.class.getClassLoader());
  }

  @Override
  public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
    return this;
  }

  @Override
  public Stream<String> getExecutorNames() {
    return Stream.of(NAME);
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public boolean isCompatibleWith(Configuration configuration) {
    return NAME.equals(configuration.get(DeploymentOptions.TARGET));
  }

  @Override
  public PipelineExecutor getExecutor(Configuration configuration) {
    return this;
  }

  @Override
  public CompletableFuture<JobClient> execute(
      Pipeline pipeline, Configuration configuration, ClassLoader classLoader) throws Exception {
    StreamGraph graph = PipelineExecutorUtils.getStreamGraph(pipeline, configuration);
    return cluster
        .submitJob(graph)
        .thenApplyAsync(
            submitted -> {
              MiniClusterJobClient job =
                  new MiniClusterJobClient(
                      submitted.getJobID(), cluster, classLoader, JobFinalizationBehavior.NOTHING);
              awaitInitialization(job, classLoader);
              return job;
            });
  }

  /**
   * Fails with the reason if the job cannot be initialized, such as a savepoint that is missing.
   */
  private void awaitInitialization(MiniClusterJobClient job, ClassLoader classLoader) {
    try {
      ClientUtils.waitUntilJobInitializationFinished(
          () -> job.getJobStatus().get(),
          () -> cluster.requestJobResult(job.getJobID()).get(),
          classLoader);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }
}
