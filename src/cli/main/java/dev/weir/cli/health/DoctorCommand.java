package dev.weir.cli.health;

import dev.weir.cli.cluster.FlinkRest;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.UsageException;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFileException;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir doctor}: will this job run, and run well, before it is started. */
@Command(
    name = "doctor",
    description = {
      "Checks what a job needs before it is started, and says what to change: job file, brokers,"
          + " topics, schema registry, newest records, rights, transactions, models, cluster,"
          + " checkpoints. Changes nothing.",
      "Exit code 0 when nothing fails, 1 otherwise."
    },
    footer = {
      "",
      "Examples: weir doctor my-job.yaml",
      "          weir doctor my-job.yaml --jobmanager localhost:8081"
    })
public final class DoctorCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one option.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      description = "The JobManager's REST endpoint; without it Flink is not checked.")
  private String jobManager;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Tasks of each operator; by default the cluster's parallelism.default, or 1.")
  private Integer parallelism;

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Override
  public Integer call() {
    FlinkRest flink = jobManager == null ? null : FlinkRest.of(jobManager);
    UsageException.checkRange("--parallelism", parallelism, 1, 32_768);
    return report(file, overrides, flink, parallelism).print(format);
  }

  /** The same for a job that another command would start; returns the exit code. */
  public static int report(Path file, Map<String, String> overrides) {
    return report(file, overrides, null, null).print(Format.text);
  }

  private static Findings report(
      Path file, Map<String, String> overrides, FlinkRest flink, Integer parallelism) {
    JobSettings job;
    try {
      job = JobSettings.read(file, overrides);
    } catch (JobFileException | IOException e) {
      Findings findings = new Findings();
      (e instanceof JobFileException ? e.getMessage() : e.toString())
          .lines()
          .forEach(
              line -> findings.fail("job file", "docs/job-file.md lists its options", "%s", line));
      return findings;
    }
    KafkaSettings kafka = job.kafka();
    JobChecks checks = new JobChecks(false, job, kafka.registry());
    checks.parallelism = parallelism;
    checks.findings.ok("job file", "%s: job %s", file, job.name());
    checks.flink(flink, flink != null);
    checks.kafka(
        () -> {
          Map<String, String> properties = new HashMap<>(KafkaClients.limits(JobChecks.PATIENCE));
          properties.putAll(kafka.properties());
          ClientProperties.check(kafka.bootstrapServers(), properties);
          return KafkaClients.of(kafka.bootstrapServers(), properties);
        },
        kafka.topics());
    return checks.findings;
  }
}
