package dev.weir.kafka.admin;

import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.connector.KafkaConnectors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * What a job's user may do, asked before the job starts: a right that is missing would be met by
 * the running job, which fails and restarts forever. An answer that does not come, for another
 * reason than a missing right, is left for the job to meet.
 */
final class JobRights {

  /** Flink appends the number of the task and of the transaction. */
  private static final String A_TRANSACTION = "-0-1";

  private static final String PLAINTEXT = CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL;

  private final Admin admin;
  private final Duration timeout;

  JobRights(Admin admin, Duration timeout) {
    this.admin = admin;
    this.timeout = timeout;
  }

  /**
   * The rights that the job lacks, such as {@code Write on topic forecasts}; none of a job whose
   * client properties do not say who it is.
   */
  List<String> missing(KafkaSettings job) {
    List<String> missing = new ArrayList<>();
    if (job.properties()
        .getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, PLAINTEXT)
        .equals(PLAINTEXT)) {
      return missing; // to such a broker everybody is the same, and a first start stays short
    }
    Topics topics = job.topics();
    List<String> names = new ArrayList<>(topics.all());
    names.sort(Comparator.comparing(topic -> !topics.isInput(topic)));
    Map<String, KafkaFuture<TopicDescription>> descriptions =
        admin
            .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (String topic : names) {
      Set<AclOperation> granted = // null when the broker does not say
          answer(descriptions.get(topic)).map(TopicDescription::authorizedOperations).orElse(null);
      boolean isInput = topics.isInput(topic);
      if (isInput && granted != null && !granted.contains(AclOperation.READ)) {
        missing.add("Read on topic " + topic);
      }
      if (!isInput && granted != null && !granted.contains(AclOperation.WRITE)) {
        missing.add("Write on topic " + topic);
      }
    }
    for (String group : KafkaConnectors.groups(job)) {
      if (isRefused(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())) {
        missing.add("Read on group " + group);
      }
    }
    if (job.delivery().isExact()) {
      String id = job.delivery().prefix() + A_TRANSACTION;
      if (isRefused(admin.describeTransactions(List.of(id)).description(id))) {
        missing.add("Write on transactional ids that begin with " + job.delivery().prefix());
      }
    }
    return missing;
  }

  private boolean isRefused(KafkaFuture<?> asked) {
    try {
      get(asked);
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof AuthorizationException;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private <T> Optional<T> answer(KafkaFuture<T> asked) {
    try {
      return Optional.of(get(asked));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private <T> T get(KafkaFuture<T> asked) throws ExecutionException, TimeoutException {
    try {
      return asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Kafka", e);
    }
  }
}
