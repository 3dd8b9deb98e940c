/**
 * Posts the incidents of a job to an HTTP endpoint, at least once and in their order per series.
 *
 * <p>Start at {@link dev.weir.webhook.WebhookDelivery}, which reads the topic; {@link
 * dev.weir.webhook.WebhookSender} sends one record until it is taken.
 */
package dev.weir.webhook;
