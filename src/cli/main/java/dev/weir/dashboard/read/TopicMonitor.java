package dev.weir.dashboard.read;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks every few seconds which topics there are and how many partitions they have, in a thread of
 * its own, and whether the brokers answer at all.
 */
public final class TopicMonitor implements AutoCloseable {

  private static final Duration EACH = Duration.ofSeconds(3);
  private static final Duration WHILE_MISSING = Duration.ofMillis(500);
  private static final int TIMEOUT_MILLIS = 5_000;

  private final String bootstrapServers;
  private volatile Topics topics;
  private final KafkaClients clients;
  private final Thread thread = new Thread(this::run, "dashboard-topics");
  private volatile boolean closed;
  private volatile Seen seen;

  /**
   * @param partitions how many of each topic that is there
   * @param missing topics that are not
   * @param problem why nothing else is known, as a sentence; or null
   */
  public record Seen(Map<String, Integer> partitions, List<String> missing, String problem) {}

  /**
   * @param topics of a job
   */
  public TopicMonitor(KafkaClients clients, Topics topics) {
    this.bootstrapServers = clients.bootstrapServers();
    this.topics = topics;
    this.clients =
        clients
            .or(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS)
            .or(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    this.seen =
        new Seen(Map.of(), List.of(), "Connecting to Kafka at %s.".formatted(bootstrapServers));
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  public Seen seen() {
    return seen;
  }

  Topics topics() {
    return topics;
  }

  private void run() {
    while (!closed) {
      try (Admin admin = clients.admin()) {
        while (!closed) {
          look(admin);
          Seen now = seen;
          boolean complete = now.missing().isEmpty() && now.problem() == null;
          Thread.sleep((complete ? EACH : WHILE_MISSING).toMillis());
        }
      } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
        return; // closed
      } catch (KafkaException e) { // no client could be made, such as of a wrong address
        seen = new Seen(seen.partitions(), List.of(), sentence(e));
        if (!pause()) {
          return;
        }
      }
    }
  }

  private boolean pause() {
    try {
      Thread.sleep(EACH.toMillis());
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void look(Admin admin) throws InterruptedException {
    Map<String, Integer> partitions = new HashMap<>();
    TreeSet<String> missing = new TreeSet<>();
    String problem = null;
    if (topics.observations().pattern() != null) {
      try {
        topics =
            topics.withObservations(topics.observations().found(admin.listTopics().names().get()));
      } catch (ExecutionException e) {
        problem = sentence(e.getCause());
      }
    }
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(topics.all()).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
      try {
        partitions.put(answer.getKey(), answer.getValue().get().partitions().size());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException
            || e.getCause() instanceof InvalidTopicException) {
          missing.add(answer.getKey());
        } else {
          problem = sentence(e.getCause());
        }
      }
    }
    if (problem != null && partitions.isEmpty()) {
      partitions = seen.partitions(); // as they were when the brokers went away
    }
    seen = new Seen(Map.copyOf(partitions), List.copyOf(missing), problem);
  }

  private String sentence(Throwable cause) {
    if (cause instanceof AuthenticationException) {
      return "Kafka at %s does not let this page in: %s; check --kafka-properties."
          .formatted(bootstrapServers, message(cause));
    }
    if (cause instanceof AuthorizationException) {
      return "Kafka at %s does not let this page read: %s; grant Describe and Read on its topics."
          .formatted(bootstrapServers, message(cause));
    }
    return "Kafka at %s does not answer; the page shows what it knew and goes on when it is back."
        .formatted(bootstrapServers);
  }

  /** Kafka's message without its final period, for use within a sentence. */
  static String message(Throwable cause) {
    return String.valueOf(cause.getMessage()).replaceAll("[.\\s]+$", "");
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
