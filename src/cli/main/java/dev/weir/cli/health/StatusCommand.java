package dev.weir.cli.health;

import dev.weir.cli.console.Format;
import dev.weir.cli.console.Terminal;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DurationConverter;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir status}: is a running job well. */
@Command(
    name = "status",
    description = {
      "Says whether a running job is well: Flink's word about it, and what its topics show.",
      "Exit code 0 when it is, 1 when not, each reason with what to do. With a job file Flink must"
          + " answer, since topics don't tell a job that has stopped from one that waits. Without"
          + " one and without --jobmanager it looks at Kafka alone if Flink does not answer."
    },
    footer = {
      "",
      "Examples: weir status my-job.yaml --jobmanager localhost:8081",
      "          weir status --bootstrap-servers broker:9092 --group my-job",
      "          weir status my-job.yaml --watch 10s",
      "          weir status my-job.yaml --format json"
    })
public final class StatusCommand implements Callable<Integer> {

  private static final String JOB_MANAGER = "localhost:8081";

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
  private long mostLag;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "5s",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "Looks again and again, each so long after the last (${FALLBACK-VALUE}).")
  private Duration watch;

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  private FlinkRest rest;

  @Override
  public Integer call() throws Exception {
    rest = FlinkRest.of(jobManager == null ? JOB_MANAGER : jobManager);
    UsageException.check(mostLag >= 0, "--max-lag", "0 or more", mostLag);
    JobSettings settings = kafka.job();
    while (true) {
      Findings findings = look(settings);
      show(findings);
      if (watch == null || System.out.checkError()) {
        return findings.isHealthy() ? 0 : 1;
      }
      TimeUnit.MILLISECONDS.sleep(watch.toMillis());
    }
  }

  private void show(Findings findings) {
    if (format == Format.json) {
      System.out.println(findings.json());
      return;
    }
    if (watch != null && Terminal.isOut()) {
      System.out.print("\033[H\033[2J"); // clears the screen
    }
    Ansi ansi = Terminal.colours(Terminal.isOut());
    boolean first = true;
    for (String line : findings.text()) {
      if (first && ansi.enabled()) { // fixed text: foreign text follows below
        line =
            ansi.string("@|bold,%s %s|@".formatted(findings.isHealthy() ? "green" : "red", line));
      }
      first = false;
      System.out.println(line);
    }
    if (watch != null) {
      System.out.println();
    }
  }

  private Findings look(JobSettings settings) throws IOException {
    Look look = new Look(Check.Command.STATUS, settings, rest, registry.settings(kafka));
    look.name = settings == null || job != null ? job : settings.name();
    look.group = group;
    look.mostLag = mostLag;
    String flinkProblem = null;
    try {
      Check.all(Check.Side.FLINK, look);
    } catch (IOException e) {
      flinkProblem = e.getMessage();
    }
    boolean mustRun = jobManager != null || settings != null;
    String kafkaProblem = null;
    try {
      look.atTopics(
          kafka.clients(Look.PATIENCE),
          settings == null
              ? new Topics("observations", "forecasts", "scores", "observations.dlq", "models")
              : settings.kafka().topics());
    } catch (IllegalStateException | KafkaException e) {
      kafkaProblem = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    Findings findings = look.findings;
    tell(findings, "Flink", flinkProblem, mustRun, "--jobmanager HOST:PORT", kafkaProblem);
    boolean named = settings != null || kafka.isGiven("--bootstrap-servers");
    tell(findings, "Kafka", kafkaProblem, named, "--bootstrap-servers HOST:PORT", flinkProblem);
    return findings;
  }

  /** A side that was named, or both, must answer; the other one is said to be missing. */
  static void tell(
      Findings findings, String side, String problem, boolean named, String how, String other) {
    findings.section(side.toLowerCase(Locale.ROOT)).put("answers", problem == null);
    if (problem == null) {
      return;
    }
    findings.ok(side, "not looked at, no answer; %s names it", how);
    if (named || other != null) {
      findings.problem("name it with " + how, "%s", problem);
    }
  }
}
