package dev.weir.cli.local;

import dev.weir.cli.console.Printable;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.option.Numbers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.FileUtils;

/**
 * Stops a job when this process is stopped by Ctrl-C, which commits its transactions: they would
 * otherwise keep the forecasts behind them from readers until they time out. A job that does not
 * stop within seconds is canceled, which aborts most of them.
 */
public final class JobShutdownHook implements AutoCloseable {

  private static final long STOP_SECONDS = 10;
  private static final long SAVEPOINT_SECONDS = 120; // a second Ctrl-C ends it
  private static final long CANCEL_SECONDS = 5;
  private static final long POLL_MILLIS = 50;

  private final JobClient job;
  private final JobSettings settings;
  private final Path savepoints;
  private final AutoCloseable stopping = this::stop;
  private volatile boolean ending;

  /**
   * @param savepoints the folder for the savepoint; null deletes it
   */
  public JobShutdownHook(JobClient job, JobSettings settings, Path savepoints) {
    this.job = job;
    this.settings = settings;
    this.savepoints = savepoints;
    TemporaryFolder.closeBeforeDeletion(stopping); // the tasks still use their files
  }

  private void stop() {
    ending = true;
    try {
      if (savepoints != null) {
        System.err.println("weir run: savepoint " + stop(savepoints, SAVEPOINT_SECONDS));
        return;
      }
      Path unused = TemporaryFolder.create("stop"); // Flink stops with a savepoint only
      try {
        stop(unused, STOP_SECONDS);
        return;
      } finally {
        FileUtils.deleteDirectoryQuietly(unused.toFile());
      }
    } catch (InterruptedException e) {
      return;
    } catch (Exception e) { // it may be restarting, or a broker is away
      if (savepoints != null) {
        System.err.printf(
            "weir run: wrote no savepoint: %s; the next run goes on from the one before%n",
            Printable.line(e.toString()));
      }
      cancel();
    }
    tellWhatIsLeft();
  }

  /** Flink takes the %20 of a URI for three letters of the name. */
  public static String inFlinksWords(Path folder) {
    return org.apache.flink.core.fs.Path.fromLocalFile(folder.toAbsolutePath().toFile()).toString();
  }

  private String stop(Path folder, long seconds) throws Exception {
    return job.stopWithSavepoint(false, inFlinksWords(folder), SavepointFormatType.NATIVE)
        .get(seconds, TimeUnit.SECONDS);
  }

  private void cancel() {
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CANCEL_SECONDS);
      job.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
      while (!job.getJobStatus().get(CANCEL_SECONDS, TimeUnit.SECONDS).isGloballyTerminalState()
          && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) { // whatever went wrong: what is left open is said below
      System.err.println("weir run: could not cancel the job: " + Printable.line(e.toString()));
    }
  }

  private void tellWhatIsLeft() {
    KafkaSettings kafka = settings.kafka();
    if (!kafka.delivery().isExact()) {
      return;
    }
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      List<Transaction> left = admin.openTransactions().of(kafka.delivery().prefix());
      if (!left.isEmpty()) {
        long end = left.stream().mapToLong(Transaction::end).max().getAsLong();
        System.err.printf(
            "weir run: leaves %s of %s: readers of %s wait until %s or until the"
                + " job starts again%n",
            Numbers.counted(left.size(), "open transaction"),
            kafka.delivery().prefix(),
            kafka.topics().forecasts(),
            OpenTransactions.time(end));
      }
    } catch (RuntimeException e) {
      System.err.printf(
          "weir run: could not look for open transactions of %s: %s%n",
          kafka.delivery().prefix(), Printable.line(String.valueOf(e.getMessage())));
    }
  }

  /** Leaves the job alone; waits for the end of the process if Ctrl-C is ending it. */
  @Override
  public void close() throws InterruptedException {
    TemporaryFolder.forget(stopping);
    if (ending) {
      Thread.currentThread().join(); // what fails now fails because the process ends
    }
  }
}
