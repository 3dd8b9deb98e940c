package dev.weir.cli.alarm;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.option.DurationConverter;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.webhook.WebhookDeliveries;
import dev.weir.webhook.WebhookDelivery;
import dev.weir.webhook.WebhookSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir webhook}: posts the incidents of a job to an HTTP endpoint. */
@Command(
    name = "webhook",
    description =
        "Posts the incidents of a job to its alarms.webhook, each at least once, until stopped.",
    footer = {"", "Example: weir webhook my-job.yaml --since 1h"})
public final class WebhookCommand implements Callable<Integer> {

  private static final int MAX_LINE = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one option of the job file.")
  private final Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "At the very first start: records of the last 10m, 2h, 7d by their event time (default:"
              + " all on the topic). Later starts go on where the last one stopped.")
  private Duration since;

  @Option(
      names = "--test",
      description = "Posts one incident that is marked as a test, says what is answered, and ends.")
  private boolean isTest;

  @Option(
      names = "--metrics",
      paramLabel = "[HOST:]PORT",
      converter = MetricsServer.Address.class,
      description =
          "Serves Prometheus http://HOST:PORT/metrics (default: to this machine; port 0: a free"
              + " one).")
  private InetSocketAddress metrics;

  @Override
  public Integer call() throws Exception {
    JobSettings job = JobSettings.read(file, overrides);
    KafkaSettings kafka = job.kafka();
    List<WebhookSettings> targets = WebhookOptions.read(JobFile.read(file, overrides));
    if (targets.isEmpty()) {
      throw new CommandFailure(
          "alarms.webhook: expected in the job file, got none; add it below alarms, such as"
              + " webhook: https://example.com/incidents");
    }
    if (isTest) {
      test(targets);
      return 0;
    }
    try (WebhookDeliveries deliveries = deliveries(file, overrides, job, since);
        MetricsServer server =
            metrics == null ? null : new MetricsServer(metrics, deliveries::metrics)) {
      if (server != null) {
        tell("metrics at " + server);
      }
      try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
        if (!admin.missing(List.of(kafka.topics().alarms())).isEmpty()) {
          throw new CommandFailure(
              "topic %s: expected on Kafka at %s, got no such topic; the job makes it when it"
                  + " starts",
              kafka.topics().alarms(), kafka.bootstrapServers());
        }
      }
      deliveries.start().join();
    }
    return 0;
  }

  /** Posts to each, also after one that fails. */
  private static void test(List<WebhookSettings> targets) throws InterruptedException {
    List<String> failures = new ArrayList<>();
    for (WebhookSettings target : targets) {
      try {
        System.out.println(target.test());
      } catch (IOException | IllegalStateException e) {
        failures.add(e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw new CommandFailure("%s", String.join("; ", failures));
    }
  }

  /**
   * The webhook of a job, not started; null if the job file names none. It stops with the process.
   *
   * @param since for a first start: the records of so long before; null for all
   * @throws IllegalStateException if an address is missing or wrong
   */
  public static WebhookDeliveries deliveries(
      Path file, Map<String, String> overrides, JobSettings job, Duration since)
      throws IOException {
    List<WebhookDelivery> all = new ArrayList<>();
    KafkaSettings kafka = job.kafka();
    for (WebhookSettings target : WebhookOptions.read(JobFile.read(file, overrides))) {
      ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
      WebhookDelivery.Source source =
          new WebhookDelivery.Source(
              kafka.clients(),
              kafka.topics().alarms(),
              target.group(job.name()),
              job.name(),
              kafka.registry(),
              since);
      all.add(new WebhookDelivery(source, target, FIRST_PAUSE, WebhookCommand::tell));
    }
    if (all.isEmpty()) {
      return null;
    }
    WebhookDeliveries deliveries = new WebhookDeliveries(all);
    TemporaryFolder.closeBeforeDeletion(deliveries);
    return deliveries;
  }

  private static void tell(String line) {
    System.err.println("weir webhook: " + Printable.line(line, MAX_LINE));
  }
}
