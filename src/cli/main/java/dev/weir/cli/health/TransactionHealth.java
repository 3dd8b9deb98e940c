package dev.weir.cli.health;

import dev.weir.kafka.KafkaSettings.Transactions;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;

/** A job's health by its open transactions: forecasts that wait, and two jobs that write as one. */
final class TransactionHealth extends Checks {

  /** Checkpoint intervals after which a running job has committed, and numbers it is apart then. */
  private static final int INTERVALS = 3;

  private static final long USUAL_INTERVAL_MILLIS = 10_000;

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
      running(
          look.job != null
              ? look.job.kafka().delivery().prefix()
              : look.name == null ? null : "weir-" + look.name,
          findings.checkpointInterval());
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
   * @param prefix of the job's transactional ids; null if not known
   * @param interval of the job's checkpoints in milliseconds; 0 or less if not known
   */
  private void running(String prefix, long interval) {
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
      List<Transaction> open =
          prefix == null ? List.of() : look.admin.openTransactions().of(prefix);
      if (areOfTwo(open, interval > 0 ? interval : USUAL_INTERVAL_MILLIS)) {
        findings.problem(
            "stop one of them with a savepoint; weir submit and run refuse a second one without"
                + " --force",
            "two jobs are writing as %s, so forecasts are there twice",
            prefix);
      }
    } catch (KafkaException e) { // a user without this right still sees the rest
      findings.ok("transactions", "unknown: %s", e.getMessage());
    }
  }

  /**
   * Whether one job can't have started all of these. A job numbers the transactions of each task by
   * its checkpoints, so that those of a few intervals have numbers close to each other.
   */
  static boolean areOfTwo(List<Transaction> open, long interval) {
    long newest = open.stream().mapToLong(Transaction::start).max().orElse(0);
    Map<Integer, TreeSet<Long>> numbers = new HashMap<>();
    for (Transaction one : open) {
      if (newest - one.start() <= INTERVALS * interval) {
        numbers.computeIfAbsent(one.task(), task -> new TreeSet<>()).add(one.checkpoint());
      }
    }
    for (TreeSet<Long> ofTask : numbers.values()) {
      for (long number : ofTask) {
        Long next = ofTask.higher(number);
        if (next != null && next - number > INTERVALS) {
          return true;
        }
      }
    }
    return false;
  }
}
