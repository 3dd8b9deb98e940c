package dev.weir.job;

import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import dev.weir.kafka.admin.TopicAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.flink.client.deployment.ClusterClientFactory;
import org.apache.flink.client.deployment.ClusterDescriptor;
import org.apache.flink.client.deployment.DefaultClusterClientServiceLoader;
import org.apache.flink.client.deployment.application.executors.EmbeddedExecutor;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses to start a job that runs already, since all its forecasts would be written twice. Looks
 * for a job of the name on the cluster, and for open transactions of the sink, which show a job on
 * any cluster. Warns of jobs of other names that write the same topics. The transactions of a
 * running job change with each checkpoint, those of a job that died do not, and must not keep it
 * from starting again.
 */
public final class DuplicateJobCheck {

  private static final Logger LOG = LoggerFactory.getLogger(DuplicateJobCheck.class);

  private static final Duration MIN_WATCH = Duration.ofSeconds(2);
  private static final Duration MAX_WATCH = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration GAP_LOOK_EVERY = Duration.ofMillis(100);
  private static final long FLINK_SECONDS = 10;

  /** A running job commits a transaction before it is this many checkpoint intervals old. */
  private static final int INTERVALS = 3;

  private final JobSettings settings;
  private final Duration interval;
  private final boolean restarts;
  private final Consumer<String> say;

  /**
   * Checks the cluster that the job is submitted to, and its brokers.
   *
   * @param flink the configuration of the environment that the job is submitted by
   * @param say shows a line of progress
   * @throws IllegalStateException if the job already runs, or if that can't be determined
   */
  public static void check(JobSettings settings, ReadableConfig flink, Consumer<String> say)
      throws InterruptedException {
    Configuration configuration = Configuration.fromMap(flink.toMap());
    boolean restarts = EmbeddedExecutor.NAME.equals(configuration.get(DeploymentOptions.TARGET));
    if (restarts) {
      if (!"NONE".equalsIgnoreCase(configuration.get(HighAvailabilityOptions.HA_MODE))) {
        // each JobManager that takes over runs main() again, beside its own job's transactions
        LOG.info("high availability: does not look whether {} runs already", settings.name());
        return;
      }
    } else {
      checkCluster(settings, configuration);
    }
    checkBrokers(settings, configuration, restarts, say);
  }

  /** Checks only the brokers, for a cluster that runs nothing else. */
  public static void checkBrokers(JobSettings settings, ReadableConfig flink, Consumer<String> say)
      throws InterruptedException {
    checkBrokers(settings, flink, false, say);
  }

  private static void checkBrokers(
      JobSettings settings, ReadableConfig flink, boolean restarts, Consumer<String> say)
      throws InterruptedException {
    KafkaSettings kafka = settings.kafka();
    if (!kafka.delivery().isExact()) {
      return;
    }
    Duration interval =
        flink
            .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
            .orElse(ForecastJob.CHECKPOINT_INTERVAL);
    ClientProperties.check(kafka.bootstrapServers(), kafka.properties());
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      List<String> outputs = new ArrayList<>(kafka.topics().ofSeries());
      outputs.removeAll(admin.missing(outputs)); // also finds out whether there is a broker at all
      warnOfOthers(kafka, outputs, admin.openTransactions(), say);
      new DuplicateJobCheck(settings, interval, restarts, say).watch(admin.openTransactions());
    } catch (KafkaException e) { // no right to describe transactions, or an old broker
      LOG.warn("could not look whether {} runs already: {}", settings.name(), e.toString());
    }
  }

  /** Readers can't tell the records of two jobs apart, and either job alone looks healthy. */
  private static void warnOfOthers(
      KafkaSettings kafka,
      List<String> outputs,
      OpenTransactions transactions,
      Consumer<String> say) {
    String own = Pattern.quote(kafka.delivery().prefix()) + "(-learned)?";
    for (String topic : outputs) {
      Hidden hidden = transactions.hiding(topic);
      String other =
          hidden == null || hidden.transaction() == null ? null : hidden.transaction().prefix();
      if (other != null && !other.matches(own)) {
        say.accept(
            "warning: topic %s: expected no other job that writes it, got an open transaction of %s; name another topic under topics, or stop that job"
                .formatted(topic, other));
      }
    }
  }

  /**
   * @param restarts whether this may be the start of a job that has just lost its JobManager, and
   *     whose tasks are aborting their transactions
   */
  private DuplicateJobCheck(
      JobSettings settings, Duration interval, boolean restarts, Consumer<String> say) {
    this.settings = settings;
    this.interval = interval;
    this.restarts = restarts;
    this.say = say;
  }

  private static void checkCluster(JobSettings settings, Configuration configuration)
      throws InterruptedException {
    for (JobStatusMessage job : jobs(configuration)) {
      if (job.getJobName().equals(settings.name())
          && !job.getJobState().isGloballyTerminalState()) {
        throw new IllegalStateException(
            "job %s: expected none of this name on the cluster, got one that is %s, id %s; stop it first with a savepoint, or start a second one with --force"
                .formatted(settings.name(), job.getJobState(), job.getJobId()));
      }
    }
  }

  /** The cluster's jobs; none if it does not answer, which submitting will report. */
  private static Iterable<JobStatusMessage> jobs(Configuration configuration)
      throws InterruptedException {
    ClusterClientFactory<Object> factory;
    try {
      factory = new DefaultClusterClientServiceLoader().getClusterClientFactory(configuration);
    } catch (IllegalStateException e) { // a cluster that starts with the job
      return List.of();
    }
    try (ClusterDescriptor<Object> descriptor = factory.createClusterDescriptor(configuration)) {
      Object id = factory.getClusterId(configuration);
      if (id == null) {
        return List.of();
      }
      try (ClusterClient<Object> client = descriptor.retrieve(id).getClusterClient()) {
        return client.listJobs().get(FLINK_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("could not list the cluster's jobs", e);
      return List.of();
    } catch (Exception e) { // what descriptors and clients declare
      LOG.info("could not reach the cluster", e);
      return List.of();
    }
  }

  private void watch(OpenTransactions transactions) throws InterruptedException {
    String prefix = settings.kafka().delivery().prefix();
    List<Transaction> first = firstOpen(transactions, prefix);
    if (first.isEmpty()) {
      return;
    }
    Duration enough = interval.multipliedBy(3).dividedBy(2); // a checkpoint comes meanwhile
    enough = enough.compareTo(MIN_WATCH) < 0 ? MIN_WATCH : enough;
    enough = enough.compareTo(MAX_WATCH) > 0 ? MAX_WATCH : enough;
    say.accept(
        "found %d open transactions of %s: watching for up to %d s whether another job is writing"
            .formatted(first.size(), prefix, MAX_WATCH.toSeconds()));
    long start = System.nanoTime();
    long youngest = first.get(first.size() - 1).start();
    boolean ended = false;
    while (true) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
      List<Transaction> now = transactions.of(prefix);
      long clock = System.currentTimeMillis();
      if (OpenTransactions.started(first, now)) {
        throw refusal(
            "expected none of a running job, got some that begin and end: another job is writing as %s; stop it first with a savepoint, or start a second one with --force"
                .formatted(prefix));
      }
      ended |= !restarts && OpenTransactions.ended(first, now, clock);
      Duration watched = Duration.ofNanos(System.nanoTime() - start);
      boolean isEnough = watched.compareTo(enough) >= 0;
      if (isEnough && ended) {
        throw refusal(
            "expected none of a running job, got some that ended while they were watched: a job writes seldom as %s, or has just stopped; try again, or start with --force"
                .formatted(prefix));
      }
      if (now.isEmpty() && !ended) {
        return; // the brokers have aborted them
      }
      long decided = youngest + INTERVALS * interval.toMillis();
      if (isEnough && clock >= decided) {
        say.accept(
            "the open transactions of %s do not change: a job that died left them"
                .formatted(prefix));
        return;
      }
      if (watched.compareTo(MAX_WATCH) >= 0) {
        throw refusal(
            "expected none that are open, got %d, the newest since %s: too early to tell a running job from one that died; try again after %s, or start with --force"
                .formatted(
                    now.size(), OpenTransactions.time(youngest), OpenTransactions.time(decided)));
      }
    }
  }

  /** Looks for a while: between a commit and the next forecast a running job has none. */
  private static List<Transaction> firstOpen(OpenTransactions transactions, String prefix)
      throws InterruptedException {
    long start = System.nanoTime();
    List<Transaction> open = transactions.of(prefix);
    if (open.isEmpty() && transactions.knows(prefix)) {
      while (open.isEmpty() && System.nanoTime() - start < MIN_WATCH.toNanos()) {
        TimeUnit.MILLISECONDS.sleep(GAP_LOOK_EVERY.toMillis());
        open = transactions.of(prefix);
      }
    }
    return open;
  }

  private IllegalStateException refusal(String why) {
    KafkaSettings kafka = settings.kafka();
    return new IllegalStateException(
        "transactions of %s on Kafka at %s: %s"
            .formatted(kafka.delivery().prefix(), kafka.bootstrapServers(), why));
  }
}
