package dev.weir.cli.health;

import dev.weir.cli.cluster.FlinkRest;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DurationConverter;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir status}: how does a running job do. */
@Command(
    name = "status",
    description = {
      "Checks a running job, and says what to change: its state, restarts and checkpoints on Flink,"
          + " lag, forecasts, scores, classes and dead letters on its topics.",
      "Exit code 0 when nothing fails, 1 otherwise. With a job file Flink must"
          + " answer, since topics don't tell a job that has stopped from one that waits. Without"
          + " one and without --jobmanager it looks at Kafka alone if Flink does not answer."
    },
    footer = {
      "",
      "Examples: weir status my-job.yaml --jobmanager localhost:8081",
      "          weir status --bootstrap-servers broker:9092 --group my-job",
      "          weir status my-job.yaml --format json"
    })
public final class StatusCommand implements Callable<Integer> {

  private static final String JOB_MANAGER = "localhost:8081";
  private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      description =
          "The JobManager's REST endpoint (default: "
              + JOB_MANAGER
              + ", which must answer if there is a job file).")
  private String jobManager;

  @Option(names = "--job", paramLabel = "NAME|ID", description = "Which of Flink's jobs.")
  private String job;

  @Option(
      names = "--group",
      description = "The job's consumer group, for its lag; by default its name.")
  private String group;

  @Option(
      names = "--max-lag",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Records that it may be behind (default: ${DEFAULT-VALUE}).")
  private long maxLag;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "5s",
      description = "For all checks together; then it fails (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  @Override
  public Integer call() throws IOException, InterruptedException {
    UsageException.check(
        timeout.compareTo(MIN_TIMEOUT) >= 0 && timeout.compareTo(MAX_TIMEOUT) <= 0,
        "--timeout",
        "1s to 1h",
        timeout);
    Duration each = timeout.multipliedBy(2).dividedBy(5); // so that both may fail within it
    Duration patience = each.compareTo(JobChecks.PATIENCE) < 0 ? each : JobChecks.PATIENCE;
    FlinkRest rest = FlinkRest.of(jobManager == null ? JOB_MANAGER : jobManager, patience);
    UsageException.check(maxLag >= 0, "--max-lag", "0 or more", maxLag);
    JobSettings settings = kafka.job();
    JobChecks checks = new JobChecks(true, settings, registry.settings(kafka));
    checks.name = settings == null || job != null ? job : settings.name();
    checks.group = group;
    checks.maxLag = maxLag;
    Topics topics =
        settings == null
            ? new Topics("observations", "forecasts", "scores", "observations.dlq", "models")
            : settings.kafka().topics();
    checks.within(
        timeout,
        () -> {
          checks.flink(rest, jobManager != null || settings != null);
          checks.kafka(() -> kafka.clients(patience), topics);
        });
    return checks.findings.print(format);
  }
}
