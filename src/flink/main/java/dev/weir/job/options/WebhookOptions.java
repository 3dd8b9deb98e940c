package dev.weir.job.options;

import dev.weir.kafka.ClientProperties;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Option;
import dev.weir.webhook.WebhookSettings;
import java.util.List;

/** The options of a job file that say where incidents are posted. The job itself reads none. */
public final class WebhookOptions {

  public static final Option<String> ADDRESS =
      Option.text(
              "alarms.webhook",
              null,
              "Address that weir webhook posts incidents to: https://..., or "
                  + ClientProperties.REFERENCES
                  + " with it.")
          .needs(AnomalyOptions.ENABLED, true)
          .change("without effect on the job");
  public static final Option<WebhookSettings.Format> FORMAT =
      Option.choice(
              "alarms.webhook-format",
              WebhookSettings.Format.class,
              WebhookSettings.Format.JSON,
              "What is posted: json, the record and a sentence; alertmanager, alerts of the API"
                  + " v2.")
          .change("without effect on the job");

  static final List<Option<?>> ALL =
      Option.declaredIn(WebhookOptions.class, new Option.Need(ADDRESS, null));

  private static final String REFERENCE = "\\$\\{(env|file|directory):[^}]+}";

  private WebhookOptions() {}

  /** Notes what is wrong; the address may be secret, so it is not shown. */
  public static void check(JobFile file) {
    String address = file.get(ADDRESS);
    if (address != null && !address.matches(REFERENCE) && WebhookSettings.uri(address) == null) {
      file.problem(
          ADDRESS,
          "expected an address that starts with https:// or http://, without a user, or a"
              + " reference to one, got another (not shown)");
    }
  }

  /** Where incidents are posted; null for nowhere. */
  public static WebhookSettings read(JobFile file) {
    String address = file.get(ADDRESS);
    return address == null ? null : new WebhookSettings(address, file.get(FORMAT));
  }
}
