package dev.weir.cli;

import dev.weir.kafka.OpenTransactions.Hidden;
import dev.weir.kafka.OpenTransactions.Transaction;
import dev.weir.kafka.TopicAdmin;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** Says once, when a topic has been quiet for a while, which open transaction hides its records. */
final class QuietTopic implements AutoCloseable {

  private static final long QUIET_NANOS = 10_000_000_000L;

  private final KafkaOptions kafka;
  private final String topic;
  private final Consumer<String> say;
  private TopicAdmin admin; // null until it is needed
  private long since = System.nanoTime();
  private String told;

  QuietTopic(KafkaOptions kafka, String topic, Consumer<String> say) {
    this.kafka = kafka;
    this.topic = topic;
    this.say = say;
  }

  /**
   * To be called after each poll.
   *
   * @param empty whether it brought nothing
   */
  void polled(boolean empty) {
    if (!empty) {
      since = System.nanoTime();
    } else if (System.nanoTime() - since > QUIET_NANOS) {
      since = System.nanoTime();
      look();
    }
  }

  private void look() {
    try {
      if (admin == null) {
        admin = new TopicAdmin(kafka.bootstrapServers, kafka.properties());
      }
      Hidden hidden = admin.openTransactions().hiding(topic);
      if (hidden == null || !hidden.isLong(System.currentTimeMillis())) {
        return;
      }
      Transaction transaction = hidden.transaction();
      String which = transaction == null ? "" : transaction.id() + transaction.start();
      if (!which.equals(told)) {
        told = which;
        say.accept(hidden.sentence());
      }
    } catch (KafkaException | java.io.IOException e) {
      // the records matter, and the next look may succeed
    }
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
  }
}
