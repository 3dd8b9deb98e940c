package dev.weir.webhook;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Counts what was sent, and says when the endpoint goes away and comes back: at once, and then once
 * a minute, however often it is tried. Thread-safe.
 */
final class WebhookProgress {

  private static final Duration EACH = Duration.ofMinutes(1);

  private final Consumer<String> lines;
  private final LongSupplier nanos;
  private long taken;
  private long refused;
  private long waiting; // records behind the last one that was sent
  private boolean away;
  private long awaySince;
  private String why;
  private long told;
  private long takenBefore; // when it was told last

  WebhookProgress(Consumer<String> lines, LongSupplier nanos) {
    this.lines = lines;
    this.nanos = nanos;
    this.told = nanos.getAsLong();
  }

  synchronized void taken() {
    taken++;
    if (away) {
      away = false;
      lines.accept(
          "the endpoint answers again, after %d s"
              .formatted((nanos.getAsLong() - awaySince) / 1_000_000_000));
    }
  }

  synchronized void refused() {
    refused++;
  }

  synchronized void failed(String what) {
    why = what;
    if (!away) {
      away = true;
      awaySince = told = nanos.getAsLong();
      lines.accept(what + "; it is tried again until it succeeds, and nothing is lost meanwhile");
    }
  }

  /** To be called often. */
  synchronized void waiting(long records) {
    waiting = records;
    long now = nanos.getAsLong();
    if (now - told < EACH.toNanos()) {
      return;
    }
    told = now;
    if (away) {
      lines.accept(
          "%d records wait, for %d s: %s"
              .formatted(waiting, (now - awaySince) / 1_000_000_000, why));
    } else if (waiting > 0 || taken > takenBefore) {
      lines.accept(summary());
    }
    takenBefore = taken;
  }

  synchronized String summary() {
    return "%d records sent%s, %d wait"
        .formatted(taken, refused == 0 ? "" : ", %d refused".formatted(refused), waiting);
  }
}
