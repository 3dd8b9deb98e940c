package dev.weir.cli.health;

import dev.weir.kafka.KafkaSettings.Transactions;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;

/** Whether forecasts wait behind an open transaction. */
final class TransactionHealth extends Checks {

  /** Checkpoint intervals after which a running job has committed. */
  private static final int INTERVALS = 3;

  private static final String NEXT =
      "start that job again, from its newest savepoint or checkpoint, or wait";

  TransactionHealth(Look look) {
    super(look);
  }

  void check() {
    if (look.command == Check.Command.DOCTOR) {
      findings.allowed("transactions", () -> timeout(look.job.kafka().delivery()));
      findings.allowed(
          "transactions",
          () -> {
            Hidden hidden = look.hidden();
            if (hidden != null && hidden.isLong(System.currentTimeMillis())) {
              findings.warn("transactions", NEXT, "%s", hidden.sentence());
            }
          });
    } else if (look.has(look.topics.output())) {
      running(findings.checkpointInterval());
    }
  }

  private void timeout(Transactions job) {
    if (!job.isExact()) {
      findings.ok("transactions", "none: at-least-once");
      return;
    }
    String most = look.admin.brokerSetting("transaction.max.timeout.ms");
    boolean isKnown = most != null && most.matches("[0-9]{1,18}");
    Duration allowed = isKnown ? Duration.ofMillis(Long.parseLong(most)) : null;
    if (isKnown && job.timeout().compareTo(allowed) > 0) {
      findings.fail(
          "transactions",
          "lower delivery.transaction-timeout or raise transaction.max.timeout.ms",
          "delivery.transaction-timeout is %s, where the brokers allow %s",
          job.timeout(),
          allowed);
    } else {
      findings.ok(
          "transactions",
          "delivery.transaction-timeout %s, brokers allow %s",
          job.timeout(),
          isKnown ? allowed : "what they don't say");
    }
  }

  /**
   * Of a job that runs.
   *
   * @param interval of the job's checkpoints in milliseconds; 0 or less if not known
   */
  private void running(long interval) {
    try {
      Hidden hidden = look.hidden();
      long now = System.currentTimeMillis();
      if (hidden != null && (hidden.transaction() == null || hidden.isLong(now))) {
        findings.ok("transactions", "%s", hidden.sentence());
        boolean late =
            hidden.isLong(now)
                && now - hidden.transaction().start() >= INTERVALS * Math.max(0, interval);
        if (late) {
          findings.problem(NEXT, "%s", hidden.sentence());
        }
      }
    } catch (KafkaException e) { // a user without this right still sees the rest
      findings.ok("transactions", "unknown: %s", e.getMessage());
    }
  }
}
