package dev.weir.job.options;

import dev.weir.forecast.Incident.Severity;
import dev.weir.kafka.ClientProperties;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Option;
import dev.weir.webhook.WebhookFormat;
import dev.weir.webhook.WebhookSettings;
import java.net.URI;
import java.util.List;

/** The options of a job file that say how incidents reach people. The job itself reads none. */
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
  public static final Option<String> SECRET =
      Option.text(
              "alarms.webhook-secret",
              null,
              "Where the secret is that signs the posts, or PagerDuty's routing key: "
                  + ClientProperties.REFERENCES
                  + "; by default they are not signed.")
          .change("without effect on the job");
  public static final Option<WebhookFormat> FORMAT =
      Option.choice(
              "alarms.webhook-format",
              WebhookFormat.class,
              WebhookFormat.JSON,
              "What is posted: json, the record and a sentence; slack, a message of an incoming webhook;"
                  + " pagerduty, an event of the Events API v2; alertmanager, alerts of the API v2.")
          .change("without effect on the job");
  public static final Option<Severity> SEVERITY =
      Option.choice(
              "alarms.webhook-severity",
              Severity.class,
              Severity.LOW,
              "Least severity of the records that are posted.")
          .change("without effect on the job");
  public static final Option<String> PAGE =
      Option.text(
              "alarms.page",
              null,
              "Address of the live page, for the links of posts and of weir alarms --explain.")
          .needs(AnomalyOptions.ENABLED, true)
          .change("without effect on the job");

  static final List<Option<?>> ALL =
      Option.declaredIn(WebhookOptions.class, new Option.Need(ADDRESS, null));

  private static final String REFERENCE = "\\$\\{(env|file|directory):[^}]+}";

  private WebhookOptions() {}

  /** Notes what is wrong; a value may be secret, so none is shown. */
  public static void check(JobFile file) {
    String address = file.get(ADDRESS);
    if (address != null && !address.matches(REFERENCE) && WebhookSettings.uri(address) == null) {
      file.problem(
          ADDRESS,
          "expected an address that starts with https:// or http://, without a user, or a"
              + " reference to one, got another (not shown)");
    }
    String secret = file.get(SECRET);
    if (secret != null && !secret.matches(REFERENCE)) {
      file.problem(
          SECRET,
          "expected %s, got a secret in plain text (not shown)"
              .formatted(ClientProperties.REFERENCES));
    }
    if (file.get(FORMAT) == WebhookFormat.PAGERDUTY && secret == null) {
      file.problem(
          FORMAT, "expected alarms.webhook-secret as well, PagerDuty's routing key, got none");
    }
    String page = file.get(PAGE);
    String got = page == null ? null : gotForPage(WebhookSettings.uri(page));
    if (got != null) {
      file.problem(
          PAGE,
          "expected an address that starts with https:// or http://, without user, query and"
              + " fragment, got %s (not shown)".formatted(got));
    }
  }

  /** What is wrong with the address of a page, whose links are printed; null if nothing is. */
  private static String gotForPage(URI page) {
    if (page == null) {
      return "another";
    }
    if (page.getRawQuery() != null) {
      return "one with a query, which may be secret";
    }
    return page.getRawFragment() == null ? null : "one with a fragment";
  }

  /** Where incidents are posted; null for nowhere. */
  public static WebhookSettings read(JobFile file) {
    String address = file.get(ADDRESS);
    return address == null
        ? null
        : new WebhookSettings(
            address, file.get(SECRET), file.get(SEVERITY), file.get(FORMAT), page(file));
  }

  /** The address of the live page; null if it is not given. */
  public static URI page(JobFile file) {
    String page = file.get(PAGE);
    return page == null ? null : WebhookSettings.uri(page);
  }
}
