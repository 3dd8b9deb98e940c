package dev.weir.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How long a record takes from Kafka's log to a reader of its forecast. */
final class BenchLatency {

  private BenchLatency() {}

  /** Milliseconds. */
  record Percentiles(double p50, double p99) {}

  /**
   * @param uncommitted as consumers see it that read all
   * @param committed as those see it that read what is committed
   * @param load records a second
   */
  record Summary(Percentiles uncommitted, Percentiles committed, double load) {

    void write(ObjectNode node) {
      write(node.putObject("latency_ms"), uncommitted);
      write(node.putObject("latency_committed_ms"), committed);
      node.put("latency_records_per_second", BenchResult.rounded(load));
    }

    private static void write(ObjectNode node, Percentiles percentiles) {
      node.put("p50", BenchResult.rounded(percentiles.p50));
      node.put("p99", BenchResult.rounded(percentiles.p99));
    }
  }
}
