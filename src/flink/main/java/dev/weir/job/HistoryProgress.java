package dev.weir.job;

import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.SourceOffsets;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.connector.KafkaConnectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * Tells how far a bounded job has read, from the offsets that {@code ObservationSourceReader}
 * commits after each checkpoint: a restart of the job does not take them back.
 */
final class HistoryProgress implements AutoCloseable {

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
   * Returns where each partition is that is not read up to its end, in words. Empty once all are,
   * and a checkpoint holds what came of them.
   */
  public List<String> unread() {
    List<String> unread = new ArrayList<>();
    SourceOffsets offsets = settings.source().offsets();
    String topic = settings.topics().observations().first();
    add(unread, "partition %d", settings.group(), topic, offsets.ends());
    if (offsets.outsideEnds() != null) {
      String outside = settings.topics().outside().name();
      String group = KafkaConnectors.outsideGroup(settings);
      add(unread, "partition %d of topics.outside", group, outside, offsets.outsideEnds());
    }
    return unread;
  }

  private void add(
      List<String> unread, String what, String group, String topic, Map<Integer, Long> ends) {
    Map<Integer, OffsetAndMetadata> committed = admin.committed(group, topic);
    new TreeMap<>(ends)
        .forEach(
            (partition, end) -> {
              OffsetAndMetadata place = committed.get(partition);
              boolean ofThisJob = place != null && job.equals(place.metadata());
              if (!ofThisJob || place.offset() < end) {
                String at = ofThisJob ? "offset " + place.offset() : "its start";
                unread.add((what + " at %s, ends at %d").formatted(partition, at, end));
              }
            });
  }

  @Override
  public void close() {
    admin.close();
  }
}
