package dev.weir.job.options;

import dev.weir.kafka.ClientProperties;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Option;
import dev.weir.webhook.WebhookSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The options of a job file that say where incidents are posted. The job itself reads none. */
public final class WebhookOptions {

  public static final Option<List<String>> ADDRESS =
      new Option<>(
              "alarms.webhook",
              Option.Type.LIST,
              "addresses",
              null,
              "Addresses that weir webhook posts incidents to, each on its own: https://..., or "
                  + ClientProperties.REFERENCES
                  + " with it.",
              text -> Arrays.stream(text.split(",", -1)).map(String::trim).toList())
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

  /** Notes what is wrong; an address may be secret, so it is not shown. */
  public static void check(JobFile file) {
    List<String> addresses = addresses(file);
    if (!addresses.stream().allMatch(WebhookOptions::isAddress)) {
      file.problem(
          ADDRESS,
          "expected an address that starts with https:// or http://, without a user, or a"
              + " reference to one, got another (not shown); in an address, write a comma as %2C");
    } else if (Set.copyOf(addresses).size() < addresses.size()) {
      file.problem(ADDRESS, "expected each address once, got one twice (not shown)");
    }
  }

  private static boolean isAddress(String text) {
    return text.matches(REFERENCE) || WebhookSettings.uri(text) != null;
  }

  private static List<String> addresses(JobFile file) {
    List<String> addresses = file.get(ADDRESS);
    return addresses == null ? List.of() : addresses;
  }

  /** Where incidents are posted; empty for nowhere. */
  public static List<WebhookSettings> read(JobFile file) {
    return addresses(file).stream()
        .map(address -> new WebhookSettings(address, file.get(FORMAT)))
        .toList();
  }
}
