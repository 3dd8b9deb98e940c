package dev.weir.cli;

import dev.weir.cli.cluster.ClusterFailure;
import dev.weir.cli.console.UsageException;
import dev.weir.job.DuplicateJobCheck;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
import dev.weir.kafka.ClientProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FlinkException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir submit}: the job on a running cluster. */
@Command(
    name = "submit",
    description = "Submits a job to a running Flink cluster, as flink run does.",
    footer = {
      "",
      "Example: weir submit jobs/many-to-one.yaml --jobmanager localhost:8081 --parallelism 2"
    })
final class SubmitCommand implements Callable<Integer> {

  /** Set by the launcher. */
  private static final String JOB_JAR = "weir.job.jar";

  @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
  private Path job;

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Address of the JobManager's REST endpoint.")
  private String jobManager;

  @Option(names = "--parallelism", description = "Tasks of each operator.")
  private Integer parallelism;

  @Option(names = "--savepoint", paramLabel = "PATH", description = "Savepoint to start from.")
  private String savepoint;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one option.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(names = "-D", paramLabel = "KEY=VALUE", description = "A setting of Flink for this job.")
  private final Map<String, String> flink = new LinkedHashMap<>();

  @Option(names = "--dry-run", description = "Checks the job file and stops.")
  private boolean dryRun;

  @Option(names = "--force", description = "Starts the job even if one of its name runs.")
  private boolean force;

  @Option(names = "--jar", description = "The job jar (default: the one that the launcher built).")
  private Path jar;

  @Override
  public Integer call() throws Exception {
    int colon = jobManager.lastIndexOf(':');
    if (colon < 1
        || jobManager.contains("@")
        || !jobManager.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new UsageException(
          "--jobmanager: expected HOST:PORT, got '%s'"
              .formatted(ClientProperties.withoutUser(jobManager)));
    }
    if (dryRun) {
      JobSettings.read(job, overrides);
      System.out.println(job + ": valid");
      return 0;
    }
    Path jobJar = jar != null ? jar : Path.of(System.getProperty(JOB_JAR, "weir-job.jar"));
    UsageException.check(
        Files.isRegularFile(jobJar),
        "--jar",
        "the job jar",
        jobJar + ", which is no file; build it with mvn -DskipTests package");
    JobSettings settings = JobSettings.read(job, overrides);
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.RETRY_MAX_ATTEMPTS, 3); // a person waits; the default is a minute
    flink.forEach(configuration::setString);
    if (parallelism != null) {
      configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    }
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(
            jobManager.substring(0, colon),
            Integer.parseInt(jobManager.substring(colon + 1)),
            configuration,
            jobJar.toString());
    try {
      if (!force) {
        DuplicateJobCheck.check(settings.name(), env.getConfiguration());
      }
      return submit(env, settings);
    } catch (FlinkException e) {
      throw ClusterFailure.ofSubmission(e, jobManager, savepoint);
    }
  }

  private int submit(StreamExecutionEnvironment env, JobSettings settings) throws Exception {
    JobClient client = ForecastJob.submit(env, settings);
    System.out.printf("%s is submitted, job id %s%n", settings.name(), client.getJobID());
    if (!WebhookOptions.read(JobFile.read(job, overrides)).isEmpty()) {
      System.err.printf(
          "weir submit: the job does not post its incidents to alarms.webhook by itself; keep this"
              + " running: weir webhook %s%s%n",
          job, overrides.isEmpty() ? "" : ", with the same --set");
    }
    return 0;
  }
}
