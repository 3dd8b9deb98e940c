package dev.weir.cli;

import dev.weir.cli.cluster.ClusterFailure;
import dev.weir.cli.cluster.FlinkRest;
import dev.weir.job.JobSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir stop}: stops a running job with a savepoint. */
@Command(
    name = "stop",
    description =
        "Stops a running job with a savepoint, as flink stop does, and prints the savepoint's path.",
    footer = {
      "",
      "Examples: weir stop my-job.yaml --jobmanager localhost:8081",
      "          weir stop my-job.yaml --savepoints file:///savepoints"
    })
final class StopCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB.yaml", description = "The job file: its name is the job's.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one option of it.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:8081",
      description = "Address of the JobManager's REST endpoint (default: ${DEFAULT-VALUE}).")
  private String jobManager;

  @Option(
      names = "--job",
      paramLabel = "ID",
      description = "Which job, where several of the name run.")
  private String id;

  @Option(
      names = "--savepoints",
      paramLabel = "DIR",
      description =
          "Folder for the savepoint, which all machines of the cluster reach (default: as the"
              + " cluster has it).")
  private String savepoints;

  @Override
  public Integer call() throws Exception {
    FlinkRest flink = FlinkRest.of(jobManager);
    String name = JobSettings.read(file, overrides).name();
    String job = find(flink, name);
    Configuration configuration = new Configuration();
    int colon = jobManager.lastIndexOf(':');
    configuration.set(RestOptions.ADDRESS, jobManager.substring(0, colon));
    configuration.set(RestOptions.PORT, Integer.parseInt(jobManager.substring(colon + 1)));
    try (RestClusterClient<StandaloneClusterId> cluster =
        new RestClusterClient<>(configuration, StandaloneClusterId.getInstance())) {
      // no drain: to the operators the stream has not ended, it only pauses
      System.out.println(
          cluster
              .stopWithSavepoint(
                  JobID.fromHexString(job), false, savepoints, SavepointFormatType.CANONICAL)
              .get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "job %s: expected it to stop with a savepoint, got: %s; --savepoints DIR names a folder, weir status %s says how the job is"
              .formatted(name, ClusterFailure.root(e), file),
          e);
    }
    System.err.printf(
        "%s is stopped; go on with weir submit %s --jobmanager %s --savepoint PATH%n",
        name, file, jobManager);
    return 0;
  }

  private String find(FlinkRest flink, String name) throws IOException {
    List<String> running =
        flink.jobs().stream()
            .filter(job -> job.name().equals(name) && !job.hasEnded())
            .map(FlinkRest.Job::id)
            .filter(jid -> id == null || id.equals(jid))
            .toList();
    if (running.isEmpty()) {
      throw new IOException(
          "Flink at %s: expected a running job %s%s, got none; weir status %s --jobmanager %s says what became of it"
              .formatted(jobManager, name, id == null ? "" : " of id " + id, file, jobManager));
    }
    if (running.size() > 1) {
      throw new IOException(
          "Flink at %s: expected one running job %s, got %d: %s; --job ID says which"
              .formatted(jobManager, name, running.size(), String.join(", ", running)));
    }
    return running.get(0);
  }
}
