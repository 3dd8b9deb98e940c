package dev.weir.kafka.connector;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics by name. Fails with a line that says which are missing once one was deleted. */
final class ExistingTopics implements KafkaSubscriber {

  private static final long serialVersionUID = 1L;

  private final List<String> topics;

  ExistingTopics(List<String> topics) {
    this.topics = List.copyOf(topics);
  }

  @Override
  public Set<TopicPartition> getSubscribedTopicPartitions(AdminClient admin) {
    Set<TopicPartition> partitions = new HashSet<>();
    topics.forEach(topic -> partitions.addAll(partitions(topic, admin)));
    return partitions;
  }

  private static Set<TopicPartition> partitions(String topic, AdminClient admin) {
    try {
      return KafkaSubscriber.getTopicListSubscriber(List.of(topic))
          .getSubscribedTopicPartitions(admin);
    } catch (RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof UnknownTopicOrPartitionException) {
          throw new IllegalStateException(
              "topic %s: expected on Kafka, got no such topic: was it deleted? create it again (docs/operations.md), and the job goes on"
                  .formatted(topic),
              e);
        }
      }
      throw e;
    }
  }
}
