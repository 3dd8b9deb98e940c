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
import dev.weir.webhook.WebhookDelivery;
import dev.weir.webhook.WebhookSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

  @Override
  public Integer call() throws Exception {
    JobSettings job = JobSettings.read(file, overrides);
    KafkaSettings kafka = job.kafka();
    WebhookSettings webhook = WebhookOptions.read(JobFile.read(file, overrides));
    if (webhook == null) {
      throw new CommandFailure(
          "alarms.webhook: expected in the job file, got none; add it below alarms, such as"
              + " webhook: https://example.com/incidents");
    }
    if (isTest) {
      System.out.println(webhook.test());
      return 0;
    }
    try (WebhookDelivery delivery = delivery(file, overrides, job, since)) {
      try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
        if (!admin.missing(List.of(kafka.topics().alarms())).isEmpty()) {
          throw new CommandFailure(
              "topic %s: expected on Kafka at %s, got no such topic; the job makes it when it"
                  + " starts",
              kafka.topics().alarms(), kafka.bootstrapServers());
        }
      }
      delivery.start().join();
    }
    return 0;
  }

  /**
   * The webhook of a job, not started; null if the job file names none. It stops with the process.
   *
   * @param since for a first start: the records of so long before; null for all
   * @throws IllegalStateException if the address is missing or wrong
   */
  public static WebhookDelivery delivery(
      Path file, Map<String, String> overrides, JobSettings job, Duration since)
      throws IOException {
    WebhookSettings webhook = WebhookOptions.read(JobFile.read(file, overrides));
    if (webhook == null) {
      return null;
    }
    KafkaSettings kafka = job.kafka();
    ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
    WebhookDelivery.Source source =
        new WebhookDelivery.Source(
            kafka.clients(),
            kafka.topics().alarms(),
            job.name() + "-webhook",
            job.name(),
            kafka.registry(),
            since);
    WebhookDelivery delivery =
        new WebhookDelivery(source, webhook, FIRST_PAUSE, WebhookCommand::tell);
    TemporaryFolder.closeBeforeDeletion(delivery);
    return delivery;
  }

  private static void tell(String line) {
    System.err.println("weir webhook: " + Printable.line(line, MAX_LINE));
  }
}
