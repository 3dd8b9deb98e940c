package dev.weir.cli.alarm;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.option.DurationConverter;
import dev.weir.job.JobWebhook;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.webhook.WebhookDelivery;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  @Override
  public Integer call() throws Exception {
    JobWebhook webhook = JobWebhook.read(file, overrides);
    if (webhook.webhook() == null) {
      throw new CommandFailure(
          "alarms.webhook: expected in the job file, got none; add it below alarms, such as webhook:"
              + " https://example.com/incidents");
    }
    KafkaSettings kafka = webhook.job().kafka();
    Instant from = since == null ? null : before(Instant.now(), since);
    try (WebhookDelivery delivery = webhook.delivery(from, WebhookCommand::tell)) {
      try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
        if (!admin.missing(List.of(kafka.topics().alarms())).isEmpty()) {
          throw new CommandFailure(
              "topic %s: expected on Kafka at %s, got no such topic; the job makes it when it starts",
              kafka.topics().alarms(), kafka.bootstrapServers());
        }
      }
      TemporaryFolder.closeBeforeDeletion(delivery); // also on Ctrl-C
      delivery.run();
    }
    return 0;
  }

  /** This long ago, but not before 1970, where the timestamps of Kafka start. */
  static Instant before(Instant now, Duration back) {
    Duration most = Duration.between(Instant.EPOCH, now);
    return now.minus(back.compareTo(most) < 0 ? back : most);
  }

  /**
   * The webhook of a job that runs in this process, not started; null if the job file names none.
   * It stops with the process.
   *
   * @throws IllegalStateException if a secret is missing
   */
  public static WebhookDelivery beside(JobWebhook webhook) {
    if (webhook.webhook() == null) {
      return null;
    }
    WebhookDelivery delivery = webhook.delivery(null, WebhookCommand::tell);
    TemporaryFolder.closeBeforeDeletion(delivery);
    return delivery;
  }

  private static void tell(String line) {
    System.err.println("weir webhook: " + Printable.line(line, MAX_LINE));
  }
}
