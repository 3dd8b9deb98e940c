package dev.weir.kafka.admin;

import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.SourceOffsets;
import dev.weir.kafka.SourcePosition;
import dev.weir.kafka.SourceRange;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Offsets of what is there of a job's input, and of what its group has committed. */
public final class TopicOffsets {

  private final TopicAdmin admin;
  private final String topic;
  private final OutsideTopic outside; // null for none
  private final String group;
  private final ListOffsetsOptions options;

  public TopicOffsets(TopicAdmin admin, KafkaSettings settings) {
    this.admin = admin;
    this.topic = settings.topics().observations().first(); // the only one
    this.outside = settings.topics().outside();
    this.group = settings.group();
    String isolation = settings.properties().get(ConsumerConfig.ISOLATION_LEVEL_CONFIG);
    this.options =
        new ListOffsetsOptions(
            "read_committed".equals(isolation)
                ? IsolationLevel.READ_COMMITTED
                : IsolationLevel.READ_UNCOMMITTED);
  }

  /** What a span means now. */
  public SourceOffsets resolve(SourceRange span) {
    if (span.equals(SourceRange.STREAM)) {
      return SourceOffsets.STREAM;
    }
    if (!span.isBounded()) {
      return new SourceOffsets(at(span.start()), null, null);
    }
    return new SourceOffsets(
        at(span.start()),
        at(span.end()),
        outside == null ? null : list(outside.name(), OffsetSpec.latest()));
  }

  /** A position in each partition, within what the topic holds. */
  Map<Integer, Long> at(SourcePosition position) {
    Map<Integer, Long> earliest = list(topic, OffsetSpec.earliest());
    Map<Integer, Long> latest = list(topic, OffsetSpec.latest());
    Map<Integer, Long> wanted =
        switch (position.kind()) {
          case EARLIEST -> earliest;
          case LATEST -> latest;
          case OFFSET -> same(earliest, position.at());
          case TIMESTAMP -> list(topic, OffsetSpec.forTimestamp(position.at()));
          case COMMITTED -> {
            Map<Integer, Long> offsets = new TreeMap<>(earliest);
            admin
                .committed(group, topic)
                .forEach((partition, place) -> offsets.put(partition, place.offset()));
            yield offsets;
          }
        };
    Map<Integer, Long> within = new TreeMap<>();
    LongBinaryOperator none = (offset, end) -> offset < 0 ? end : offset; // nothing so late
    latest.forEach(
        (partition, end) -> {
          long offset = none.applyAsLong(wanted.getOrDefault(partition, -1L), end);
          within.put(partition, Math.max(earliest.get(partition), Math.min(end, offset)));
        });
    return within;
  }

  private static Map<Integer, Long> same(Map<Integer, Long> partitions, long offset) {
    Map<Integer, Long> offsets = new TreeMap<>();
    partitions.keySet().forEach(partition -> offsets.put(partition, offset));
    return offsets;
  }

  private Map<Integer, Long> list(String topic, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> request = new HashMap<>();
    int partitions = admin.partitions(topic);
    for (int partition = 0; partition < partitions; partition++) {
      request.put(new TopicPartition(topic, partition), spec);
    }
    Map<Integer, Long> offsets = new TreeMap<>();
    admin
        .get("list offsets of topic " + topic, a -> a.listOffsets(request, options).all())
        .forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
    return offsets;
  }
}
