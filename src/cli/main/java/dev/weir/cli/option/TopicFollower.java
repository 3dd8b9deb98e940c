package dev.weir.cli.option;

import dev.weir.kafka.admin.OpenTransactions;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.OpenTransactions.Transaction;
import dev.weir.kafka.admin.TopicAdmin;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** Says once, when a topic has been quiet for a while, which open transaction hides its records. */
public final class OpenTransactionWarning implements AutoCloseable {

  private static final long LOOK_NANOS = 10_000_000_000L;

  private final KafkaOptions kafka;
  private final String topic;
  private final Consumer<String> say;
  private TopicAdmin admin; // null until it is needed
  private long newest = System.nanoTime(); // when the last record came
  private long looked = newest;
  private String told;

  public OpenTransactionWarning(KafkaOptions kafka, String topic, Consumer<String> say) {
    this.kafka = kafka;
    this.topic = topic;
    this.say = say;
  }

  /**
   * To be called after each poll.
   *
   * @param empty whether it brought nothing
   */
  public void polled(boolean empty) {
    long now = System.nanoTime();
    if (!empty) {
      newest = now;
      looked = now;
    } else if (now - looked > LOOK_NANOS) {
      looked = now;
      look((now - newest) / 1_000_000);
    }
  }

  private void look(long quietMillis) {
    try {
      if (admin == null) {
        admin = new TopicAdmin(kafka.clients());
      }
      Hidden hidden = admin.openTransactions().hiding(topic);
      if (hidden == null) {
        return;
      }
      Transaction transaction = hidden.transaction();
      boolean isLong =
          transaction == null
              ? quietMillis >= OpenTransactions.LONG_MILLIS
              : hidden.isLong(System.currentTimeMillis());
      if (!isLong) {
        return;
      }
      String which = transaction == null ? "" : transaction.id() + transaction.start();
      if (!which.equals(told)) {
        told = which;
        say.accept(hidden.sentence());
      }
    } catch (KafkaException | IOException e) {
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
