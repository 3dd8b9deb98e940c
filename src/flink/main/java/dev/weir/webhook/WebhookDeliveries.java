package dev.weir.webhook;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  /** In Prometheus' text format. Asks the brokers what waits, so it takes some seconds at most. */
  public synchronized String metrics() {
    Map<String, StringBuilder> text = new TreeMap<>(); // samples of a metric are adjacent
    for (WebhookDelivery each : all) {
      each.metrics()
          .forEach(
              (sample, value) -> {
                String name = "weir_webhook_" + sample.substring(0, sample.indexOf('{'));
                String type = name.endsWith("_total") ? "counter" : "gauge";
                text.computeIfAbsent(
                        name, n -> new StringBuilder("# TYPE %s %s\n".formatted(name, type)))
                    .append("weir_webhook_%s %s\n".formatted(sample, value));
              });
    }
    return String.join("", text.values());
  }

  @Override
  public void close() {
    all.forEach(WebhookDelivery::stop);
    all.forEach(WebhookDelivery::close);
  }
}
