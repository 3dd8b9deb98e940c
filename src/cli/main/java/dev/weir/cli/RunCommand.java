package dev.weir.cli;

import dev.weir.cli.alarm.WebhookCommand;
import dev.weir.cli.health.DoctorCommand;
import dev.weir.cli.local.JobShutdownHook;
import dev.weir.cli.local.LocalCluster;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.webhook.WebhookDeliveries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir run}: the job on an embedded cluster. */
@Command(
    name = "run",
    description = "Runs a job on an embedded cluster against the Kafka that it names.",
    footer = {
      "",
      "Examples: weir run jobs/many-to-one.yaml --set kafka.bootstrap-servers=broker:9092",
      "          weir run my-job.yaml --state state"
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
  private Path job;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one option.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(names = "--savepoint", paramLabel = "PATH", description = "Savepoint to start from.")
  private String savepoint;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Folder that keeps what the job learned: Ctrl-C leaves a savepoint in it, and the next"
              + " run with this folder goes on from the newest one.")
  private Path state;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "A setting of Flink, such as parallelism.default=2.")
  private final Map<String, String> flink = new LinkedHashMap<>();

  @Option(
      names = "--dry-run",
      description = {
        "Starts nothing, and says what weir doctor says: what the job lacks, and its newest"
            + " observations as it would read them."
      })
  private boolean dryRun;

  @Override
  public Integer call() throws Exception {
    if (dryRun) {
      return DoctorCommand.report(job, overrides);
    }
    JobSettings settings = JobSettings.read(job, overrides);
    if (state != null) {
      goOn(settings);
    }
    if (savepoint != null) {
      flink.put(StateRecoveryOptions.SAVEPOINT_PATH.key(), savepoint);
    }
    boolean isBounded = settings.kafka().source().span().isBounded();
    try (WebhookDeliveries webhook =
            isBounded ? null : WebhookCommand.deliveries(job, overrides, settings, null);
        LocalCluster cluster = LocalCluster.start(flink)) {
      run(cluster, settings, webhook);
    }
    if (isBounded) {
      System.err.println(settings.name() + " has read its history");
    }
    return 0;
  }

  private void goOn(JobSettings settings) throws IOException {
    if (savepoint != null || settings.kafka().source().span().isBounded()) {
      throw new IOException(
          "--state: expected a streaming job without --savepoint, got %s"
              .formatted(savepoint == null ? "a bounded one" : "--savepoint " + savepoint));
    }
    Files.createDirectories(state);
    try (Stream<Path> found = Files.list(state)) {
      found
          .map(each -> each.resolve("_metadata")) // written last
          .filter(Files::isRegularFile)
          .max(Comparator.comparingLong(each -> each.toFile().lastModified()))
          .ifPresent(newest -> savepoint = JobShutdownHook.inFlinksWords(newest.getParent()));
    }
    System.err.printf(
        "weir run: goes on from %s%n",
        savepoint == null ? "nothing: no savepoint in " + state + " yet" : savepoint);
  }

  private void run(LocalCluster cluster, JobSettings settings, WebhookDeliveries webhook)
      throws Exception {
    JobClient client = ForecastJob.submit(cluster.environment(), settings);
    try (JobShutdownHook shutdownHook = new JobShutdownHook(client, settings, state)) {
      tellOf(settings, cluster);
      if (webhook != null) {
        webhook.start(); // the topics are there now
      }
      client.getJobExecutionResult().get();
    }
  }

  private static void tellOf(JobSettings settings, LocalCluster cluster) throws Exception {
    System.err.printf(
        "%s is running: %s -> %s on %s; Flink's page: %s; stop with Ctrl-C%n",
        settings.name(),
        settings.kafka().topics().observations(),
        settings.kafka().topics().forecasts(),
        settings.kafka().bootstrapServers(),
        cluster.webAddress());
  }
}
