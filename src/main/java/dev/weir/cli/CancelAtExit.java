package dev.weir.cli;

import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.OpenTransactions;
import dev.weir.kafka.OpenTransactions.Transaction;
import dev.weir.kafka.TopicAdmin;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;

/**
 * Cancels a job when this process is stopped by Ctrl-C: its tasks then abort their transactions,
 * which would otherwise keep the forecasts behind them from readers until they time out.
 */
final class CancelAtExit implements AutoCloseable {

  private static final long CANCEL_SECONDS = 10;
  private static final long POLL_MILLIS = 50;

  private final JobClient job;
  private final JobSettings settings;
  private final AutoCloseable cancelling = this::cancel;
  private volatile boolean ending;

  CancelAtExit(JobClient job, JobSettings settings) {
    this.job = job;
    this.settings = settings;
    TemporaryFolder.closeBeforeDeletion(cancelling); // the tasks still use their files
  }

  private void cancel() {
    ending = true;
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CANCEL_SECONDS);
      job.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
      while (!job.getJobStatus().get(CANCEL_SECONDS, TimeUnit.SECONDS).isGloballyTerminalState()
          && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      return;
    } catch (Exception e) { // whatever went wrong: what is left open is said below
      System.err.println("weir run: could not cancel the job: " + Printable.line(e.toString()));
    }
    tellWhatIsLeft();
  }

  private void tellWhatIsLeft() {
    KafkaSettings kafka = settings.kafka();
    if (kafka.delivery() != KafkaSettings.Delivery.EXACTLY_ONCE) {
      return;
    }
    try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers(), kafka.properties())) {
      List<Transaction> left = admin.openTransactions().of(kafka.transactionPrefix());
      if (!left.isEmpty()) {
        long end = left.stream().mapToLong(Transaction::end).max().getAsLong();
        System.err.printf(
            "weir run: leaves %d open transactions of %s: readers of %s wait until %s or until the"
                + " job starts again%n",
            left.size(),
            kafka.transactionPrefix(),
            kafka.topics().forecasts(),
            OpenTransactions.time(end));
      }
    } catch (RuntimeException e) {
      System.err.printf(
          "weir run: could not look for open transactions of %s: %s%n",
          kafka.transactionPrefix(), Printable.line(String.valueOf(e.getMessage())));
    }
  }

  /** Leaves the job alone; waits for the end of the process if Ctrl-C is ending it. */
  @Override
  public void close() throws InterruptedException {
    TemporaryFolder.forget(cancelling);
    if (ending) {
      Thread.currentThread().join(); // what fails now fails because the process ends
    }
  }
}
