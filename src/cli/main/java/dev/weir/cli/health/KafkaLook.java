package dev.weir.cli.health;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.ClusterInfo;
import dev.weir.kafka.admin.LatestRecords;
import dev.weir.kafka.admin.LatestRecords.Extent;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.OpenTransactions.Hidden;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.wire.MalformedRecordException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A job's brokers and topics as one look finds them: topics and their extents are asked once. */
final class KafkaLook implements AutoCloseable {

  final TopicAdmin admin;
  final ClusterInfo facts;
  final LatestRecords tails;
  final ModelTopic models;

  /** Of a pattern, those found. */
  final Topics topics;

  /** Those of the topics that do not exist. */
  final List<String> missing;

  private final Map<String, Extent> extents = new HashMap<>();

  /**
   * @throws IllegalStateException if no broker answers
   */
  KafkaLook(KafkaClients clients, Topics job) {
    admin = new TopicAdmin(clients);
    try {
      topics = admin.found(job); // before any consumer: is there a broker
      missing = admin.missing(topics.all());
      tails = new LatestRecords(clients);
    } catch (RuntimeException e) {
      admin.close();
      throw e;
    }
    facts = new ClusterInfo(admin);
    models = new ModelTopic(clients, topics.models());
  }

  boolean has(String topic) {
    return !missing.contains(topic);
  }

  /** Where a topic begins and ends; null if it does not exist. */
  Extent extent(String topic) {
    return has(topic) ? extents.computeIfAbsent(topic, tails::extent) : null;
  }

  /** What decodes a value. */
  interface Decoder<T> {
    T decode(byte[] value) throws MalformedRecordException;
  }

  /**
   * Shows the newest records of a topic that exists.
   *
   * @return how many of them can't be read
   */
  <T> int newest(String topic, int most, Decoder<T> decoder, Consumer<T> action) {
    int[] malformed = new int[1];
    tails.newest(
        topic,
        extent(topic),
        most,
        record -> {
          T one;
          try {
            one = decoder.decode(record.value() == null ? new byte[0] : record.value());
          } catch (MalformedRecordException e) {
            malformed[0]++;
            return;
          }
          action.accept(one);
        });
    return malformed[0];
  }

  /** Names of the topics of observations that exist. */
  List<String> observations() {
    return topics.observations().names().stream().filter(this::has).toList();
  }

  /** What hides the job's output from readers of committed records; null if nothing does. */
  Hidden hidden() {
    return has(topics.output()) ? admin.openTransactions().hiding(topics.output()) : null;
  }

  @Override
  public void close() {
    tails.close();
    admin.close();
  }
}
