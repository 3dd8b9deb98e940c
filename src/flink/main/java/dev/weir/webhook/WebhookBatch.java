package dev.weir.webhook;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of one poll while they are sent: which are done with, and the offset of each partition
 * that may be committed, which is that of its first record that is not. Thread-safe.
 */
final class WebhookBatch {

  private static final class Entry {
    final long offset;
    boolean done;

    Entry(long offset) {
      this.offset = offset;
    }
  }

  private final Map<TopicPartition, Deque<Entry>> entries = new HashMap<>(); // in their order
  private final Map<TopicPartition, Long> reached = new HashMap<>();
  private final Set<TopicPartition> revoked = new HashSet<>();
  private boolean abandoned;
  private int open;

  /** Adds the next record of a partition; returns what is to be run once it is done with. */
  synchronized Runnable add(TopicPartition partition, long offset) {
    Entry entry = new Entry(offset);
    entries.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(entry);
    open++;
    return () -> done(partition, entry);
  }

  private synchronized void done(TopicPartition partition, Entry entry) {
    entry.done = true;
    Deque<Entry> all = entries.get(partition);
    if (all == null) {
      return; // revoked
    }
    open--;
    while (!all.isEmpty() && all.peekFirst().done) {
      reached.put(partition, all.removeFirst().offset + 1);
    }
  }

  /** Whether the partition is still ours. */
  synchronized boolean isWanted(TopicPartition partition) {
    return !abandoned && !revoked.contains(partition);
  }

  /** Lets records that are being tried again be; what is left is read again. */
  synchronized void abandon() {
    abandoned = true;
  }

  synchronized boolean isDone() {
    return open == 0;
  }

  /** Records that are not done with. */
  synchronized int open() {
    return open;
  }

  /** Offsets to commit: of what is done and was not {@link #committed} yet. */
  synchronized Map<TopicPartition, OffsetAndMetadata> reached() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    reached.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    return offsets;
  }

  /** Takes note that these offsets were committed. */
  synchronized void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> reached.remove(partition, offset.offset()));
  }

  /** Gives up partitions that belong to another process now. */
  synchronized void revoke(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      revoked.add(partition);
      reached.remove(partition);
      Deque<Entry> left = entries.remove(partition);
      if (left != null) {
        open -= (int) left.stream().filter(entry -> !entry.done).count();
      }
    }
  }
}
