package dev.weir.webhook;

/** What the body of a request looks like. */
public enum WebhookFormat {
  /** The record's fields and the sentence {@code text}. */
  JSON,
  /** A message of Slack's incoming webhooks; Mattermost and others read it, too. */
  SLACK,
  /** An event of PagerDuty's Events API v2; the secret is its routing key. */
  PAGERDUTY,
  /** Alerts of the API v2 of Prometheus' Alertmanager. */
  ALERTMANAGER
}
