package dev.weir.webhook;

import java.util.List;

/** The deliveries of one job's incidents, one for each address, of which none waits for another. */
public final class WebhookDeliveries implements AutoCloseable {

  private final List<WebhookDelivery> all;

  public WebhookDeliveries(List<WebhookDelivery> all) {
    this.all = List.copyOf(all);
  }

  /** To be called once. */
  public WebhookDeliveries start() {
    all.forEach(WebhookDelivery::start);
    return this;
  }

  /** Waits until all have stopped. */
  public void join() throws InterruptedException {
    for (WebhookDelivery each : all) {
      each.join();
    }
  }

  @Override
  public void close() {
    all.forEach(WebhookDelivery::stop);
    all.forEach(WebhookDelivery::close);
  }
}
