package dev.weir.job;

import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.admin.TopicAdmin;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * Tells how far a bounded job has read, from the offsets that {@code ObservationSourceReader}
 * commits after each checkpoint: a restart of the job does not take them back.
 */
final class HistoryProgress implements AutoCloseable {

  /** The offset of a partition that no checkpoint contains yet. */
  public static final long NOTHING = -1;

  private final KafkaSettings settings;
  private final String job;
  private final TopicAdmin admin;

  /**
   * @param settings with the offsets of a span that has an end
   * @param job Flink's id of the job, which the job writes beside the offsets that it commits
   */
  public HistoryProgress(KafkaSettings settings, String job) {
    this.settings = settings;
    this.job = job;
    this.admin = new TopicAdmin(settings.clients());
  }

  /**
   * Returns the next offset to read of each partition that is not read up to its end, or {@link
   * #NOTHING}. Empty once all are, and a checkpoint holds what came of them.
   */
  public Map<Integer, Long> unread() {
    Map<Integer, OffsetAndMetadata> committed =
        admin.committed(settings.group(), settings.topics().observations().first());
    Map<Integer, Long> unread = new TreeMap<>();
    settings
        .source()
        .offsets()
        .ends()
        .forEach(
            (partition, end) -> {
              OffsetAndMetadata place = committed.get(partition);
              boolean ofThisJob = place != null && job.equals(place.metadata());
              if (!ofThisJob || place.offset() < end) {
                unread.put(partition, ofThisJob ? place.offset() : NOTHING);
              }
            });
    return unread;
  }

  @Override
  public void close() {
    admin.close();
  }
}
