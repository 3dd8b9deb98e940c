package dev.weir.kafka.connector;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a bounded job has read for a consumer group, in the background. One task's; not
 * thread-safe.
 */
final class ConsumerGroupCommits implements ObservationSourceReader.Commits {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroupCommits.class);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final String group;
  private final String job;

  private Admin admin; // null until the first commit
  private KafkaFuture<Void> last = KafkaFuture.completedFuture(null);
  private volatile boolean isClosed; // read by the client's thread

  /**
   * @param group that they are committed for
   * @param job written beside each offset, so that {@code HistoryProgress} can tell it from those
   *     of other jobs
   */
  ConsumerGroupCommits(KafkaSettings settings, String group, String job) {
    this.settings = settings;
    this.group = group;
    this.job = job;
  }

  /** Skipped while the commit before is under way, so that none overtakes a newer one. */
  @Override
  public void commit(Map<TopicPartition, Long> offsets) {
    if (!last.isDone() || offsets.isEmpty()) {
      return; // the next checkpoint commits again
    }
    if (admin == null) {
      admin = KafkaClients.of(settings.bootstrapServers(), settings.properties()).admin();
    }
    Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> places.put(partition, new OffsetAndMetadata(offset, job)));
    last = admin.alterConsumerGroupOffsets(group, places).all();
    last.whenComplete(
        (done, failure) -> {
          if (failure != null && !isClosed) { // the end of the job stops a commit in progress
            LOG.warn(
                "group {}: expected to commit {}, got {}; the next checkpoint tries again",
                group,
                offsets,
                failure.toString());
          }
        });
  }

  @Override
  public void close() {
    isClosed = true;
    if (admin != null) {
      admin.close(CLOSE_TIMEOUT);
    }
  }
}
