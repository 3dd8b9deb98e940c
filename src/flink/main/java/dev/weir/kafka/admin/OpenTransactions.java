package dev.weir.kafka.admin;

import dev.weir.option.Numbers;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * The open transactions of a job, and those that hide records from read_committed readers. Kafka
 * lists only the transactions that the user may describe. Each call sends at most five requests.
 */
public final class OpenTransactions {

  /** Flink's names: prefix, number of the task, number that grows with each checkpoint. */
  private static final Pattern ID = Pattern.compile("(.*)-(\\d{1,9})-(\\d{1,18})");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  /**
   * Several checkpoints of the usual interval: what waits longer does not wait for the next one.
   */
  public static final long LONG_MILLIS = 30_000;

  private static final int WAIT_SECONDS = 15;

  private final Admin admin;

  public OpenTransactions(Admin admin) {
    this.admin = admin;
  }

  /**
   * An open transaction.
   *
   * @param start when its first record came, by the broker's clock in milliseconds
   * @param timeoutMillis how long after that the broker aborts it
   */
  public record Transaction(String id, long start, long timeoutMillis) {

    /** When the broker aborts it. */
    public long end() {
      return start + timeoutMillis;
    }

    /** The id without the task's and the checkpoint's number, or all of a foreign one. */
    public String prefix() {
      Matcher matcher = ID.matcher(id);
      return matcher.matches() ? matcher.group(1) : id;
    }
  }

  /**
   * Records that read_committed readers of a topic wait for.
   *
   * @param offsets how many offsets wait: records, and at most a few transaction marks
   * @param transaction what they wait for; null if this user may not describe it
   */
  public record Hidden(String topic, long offsets, Transaction transaction) {

    /** Whether they are known to wait longer than for the next checkpoint. */
    public boolean isLong(long now) {
      return transaction != null && now - transaction.start() >= LONG_MILLIS;
    }

    /** What waits, behind what and for how long; without a full stop. */
    public String sentence() {
      if (transaction == null) {
        return "up to %s of %s wait behind an open transaction that this user may not describe"
            .formatted(Numbers.counted(offsets, "record"), topic);
      }
      return "up to %s of %s wait behind an open transaction of %s, until %s or until that job's next checkpoint or start"
          .formatted(
              Numbers.counted(offsets, "record"),
              topic,
              transaction.prefix(),
              time(transaction.end()));
    }
  }

  /** A time of day, as the sentences have it. */
  public static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  /** The open transactions of jobs with this transactional-id prefix, oldest first. */
  public List<Transaction> of(String prefix) {
    return described(new ListTransactionsOptions(), ids(prefix));
  }

  private static Predicate<String> ids(String prefix) {
    // not by a pattern of Kafka's, which brokers before 4.1 refuse
    return Pattern.compile(Pattern.quote(prefix) + "-\\d{1,9}-\\d{1,18}").asMatchPredicate();
  }

  private List<Transaction> described(ListTransactionsOptions options, Predicate<String> chosen) {
    Set<String> ids = new HashSet<>();
    options.filterStates(Set.of(TransactionState.ONGOING));
    for (TransactionListing listing : get(admin.listTransactions(options).all())) {
      if (chosen.test(listing.transactionalId())) {
        ids.add(listing.transactionalId());
      }
    }
    List<Transaction> transactions = new ArrayList<>();
    if (!ids.isEmpty()) {
      var answers = admin.describeTransactions(ids);
      for (String id : ids) {
        try {
          TransactionDescription description = get(answers.description(id));
          if (description.state() == TransactionState.ONGOING) {
            long start = description.transactionStartTimeMs().orElse(0);
            transactions.add(new Transaction(id, start, description.transactionTimeoutMs()));
          }
        } catch (TransactionalIdNotFoundException e) {
          // it ended and expired since it was listed
        }
      }
    }
    transactions.sort(Comparator.comparingLong(Transaction::start));
    return transactions;
  }

  /** What hides records of a topic now; null if nothing does. A running job hides some too. */
  public Hidden hiding(String topic) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    get(admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic)
        .partitions()
        .forEach(p -> ends.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
    // the committed end first, so that what comes in between does not count as hidden for long
    Map<TopicPartition, Long> all = new HashMap<>();
    Map<TopicPartition, Long> stable = ends(ends, IsolationLevel.READ_COMMITTED);
    ends(ends, IsolationLevel.READ_UNCOMMITTED)
        .forEach(
            (partition, end) -> {
              if (end > stable.get(partition)) {
                all.put(partition, end - stable.get(partition));
              }
            });
    if (all.isEmpty()) {
      return null;
    }
    long offsets = all.values().stream().mapToLong(Long::longValue).sum();
    try {
      Set<Long> producers = producers(all.keySet(), stable);
      if (producers.isEmpty()) {
        return null; // it has just ended
      }
      List<Transaction> open =
          described(new ListTransactionsOptions().filterProducerIds(producers), id -> true);
      return new Hidden(topic, offsets, open.isEmpty() ? null : open.get(0));
    } catch (ApiException e) { // no right to describe, or an old broker
      return new Hidden(topic, offsets, null);
    }
  }

  private Map<TopicPartition, Long> ends(
      Map<TopicPartition, OffsetSpec> request, IsolationLevel isolation) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        get(admin.listOffsets(request, new ListOffsetsOptions(isolation)).all()).entrySet()) {
      ends.put(end.getKey(), end.getValue().offset());
    }
    return ends;
  }

  /** The producers whose transactions begin where the partitions' committed records end. */
  private Set<Long> producers(
      Collection<TopicPartition> partitions, Map<TopicPartition, Long> stable) {
    Set<Long> producers = new HashSet<>();
    for (Map.Entry<TopicPartition, PartitionProducerState> partition :
        get(admin.describeProducers(partitions).all()).entrySet()) {
      long end = stable.get(partition.getKey());
      partition.getValue().activeProducers().stream()
          .filter(producer -> producer.currentTransactionStartOffset().orElse(-1) == end)
          .forEach(producer -> producers.add(producer.producerId()));
    }
    return producers;
  }

  private static <T> T get(KafkaFuture<T> asked) {
    try {
      return asked.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException failure
          ? failure
          : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("no answer within %d s".formatted(WAIT_SECONDS), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
