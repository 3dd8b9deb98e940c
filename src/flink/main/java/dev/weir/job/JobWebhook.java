package dev.weir.job;

import dev.weir.job.options.JobFile;
import dev.weir.job.options.WebhookOptions;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.webhook.WebhookDelivery;
import dev.weir.webhook.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a job file says of how its incidents reach people. Nothing of it travels with the job.
 *
 * @param job the job
 * @param webhook where incidents are posted; null for nowhere
 * @param page the address of the live page; null if it is not given
 */
public record JobWebhook(JobSettings job, WebhookSettings webhook, URI page) {

  /**
   * Reads a job file.
   *
   * @param overrides values that win over those of the file, by key
   */
  public static JobWebhook read(Path file, Map<String, String> overrides) throws IOException {
    JobFile options = JobFile.read(file, overrides);
    return new JobWebhook(
        JobSettings.of(options, file.toAbsolutePath().getParent()),
        WebhookOptions.read(options),
        WebhookOptions.page(options));
  }

  /** The consumer group, in which each incident is posted by one process. */
  public String group() {
    return job.name() + "-webhook";
  }

  /**
   * A delivery of the job's incidents, not started.
   *
   * @param since for a group without offsets: records of this time and later; null for all
   * @throws IllegalStateException if a secret is missing, or a property is wrong
   */
  public WebhookDelivery delivery(Instant since, Consumer<String> lines) {
    KafkaSettings kafka = job.kafka();
    ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
    return new WebhookDelivery(
        new WebhookDelivery.Source(
            kafka.clients(), kafka.topics().alarms(), group(), kafka.registry(), since),
        webhook,
        lines);
  }
}
