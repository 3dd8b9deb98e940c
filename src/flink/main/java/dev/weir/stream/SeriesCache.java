package dev.weir.stream;

import dev.weir.forecast.window.SeriesState;
import dev.weir.forecast.window.StateLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a task knows of its series, in Flink's keyed state. Where the backend keeps state as bytes,
 * as RocksDB does, it also caches series, up to a number of bytes:
 *
 * <ul>
 *   <li>A record of a cached series reads and writes no bytes. What has changed is written at each
 *       checkpoint, before Flink's snapshot, and when a series makes room for another.
 *   <li>Series make room at random, and once the cache is full only some of those that are missed
 *       are taken in. Where series take turns, the least recently used is the next one that is
 *       needed, and a cache that drops it has no hits at all.
 * </ul>
 *
 * <p>On the heap nothing is cached.
 *
 * @param <E> what is kept of a series
 */
abstract class SeriesCache<E extends SeriesState<?> & SeriesCache.Entry> {

  private static final Logger LOG = LoggerFactory.getLogger(SeriesCache.class);

  /** The part of a TaskManager's heap that its slots share for cached series: one of so many. */
  static final int SHARE = 2;

  /** In a full cache, one of so many series that are missed is taken in. */
  private static final int TAKEN_IN = 8;

  /** What the cache asks of a series. */
  interface Entry {

    /** Bytes of heap, without the series' name. */
    int size();

    boolean hasChanged();

    /**
     * Writes what has changed of the series, which is selected.
     *
     * @param evicted whether it leaves the cache, or was not in it
     */
    void write(boolean evicted) throws IOException;

    /** It stays in the cache for now. */
    default void cached(int size) throws IOException {
      // it is written at the next checkpoint
    }
  }

  private static final class Slot<E> {
    String series;
    E entry;
    int index = -1; // where it is in the list; -1: not in the cache
    int bytes;
  }

  final long room; // bytes; 0: no cache
  final ValueState<Long> expiry; // when the timer of a series fires; null without a ttl
  private final Consumer<String> keys; // selects a series
  private final Map<String, Slot<E>> cached = new HashMap<>();
  private final List<Slot<E>> slots = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private long bytes; // of all entries
  private volatile long misses;
  private Slot<E> current;

  /**
   * @param keys selects a series
   * @param room bytes of the cache; 0 for none
   */
  SeriesCache(RuntimeContext context, StateLimits limits, Consumer<String> keys, long room) {
    this.expiry = limits.ttl().isZero() ? null : context.getState(SeriesCounter.EXPIRY);
    this.keys = keys;
    this.room = room;
    if (room > 0) {
      LOG.info("caches series in {} of heap (state.cache)", new MemorySize(room));
    }
  }

  /** Bytes for the cache of a task; 0 where its backend needs none. */
  static long room(AbstractStreamOperator<?> operator, StateLimits limits) {
    if (!operator.getKeyedStateBackend().getBackendTypeIdentifier().equals("rocksdb")) {
      return 0;
    }
    int slots =
        operator
            .getContainingTask()
            .getEnvironment()
            .getTaskManagerInfo()
            .getConfiguration()
            .get(TaskManagerOptions.NUM_TASK_SLOTS);
    return limits.cacheOf(Runtime.getRuntime().maxMemory() / SHARE / Math.max(1, slots));
  }

  /**
   * Reads a series, which is selected.
   *
   * @param reused an entry to use for it; null for a new one
   */
  abstract E open(String series, E reused) throws IOException;

  /** RocksDB reads a value when it is asked for, long after a restore. */
  static <T> T read(ValueState<T> state, String name, String series) throws IOException {
    try {
      return state.value();
    } catch (IOException | RuntimeException e) {
      throw new IOException("series %s: state %s can't be read".formatted(series, name), e);
    }
  }

  final long cached() {
    return slots.size();
  }

  /** Series that were not cached, so far. */
  final long misses() {
    return misses;
  }

  final void forEach(Consumer<E> action) {
    slots.forEach(slot -> action.accept(slot.entry));
  }

  /** What is kept of a series, which is selected already; valid until {@link #done}. */
  final E at(String series) throws IOException {
    Slot<E> slot = cached.get(series);
    if (slot == null) {
      slot = room > 0 || current == null ? new Slot<>() : current; // without a cache one for all
      slot.series = series;
      misses += room > 0 ? 1 : 0; // by one thread only
      slot.entry = open(series, slot.entry);
    }
    current = slot;
    return slot.entry;
  }

  /** What {@link #at} has returned. */
  final E current() {
    return current.entry;
  }

  /** Nothing more comes of the current series for now: it stays in the cache, or is written. */
  final void done() throws IOException {
    Slot<E> slot = current;
    E entry = slot.entry;
    if (room == 0) {
      entry.write(true);
      return;
    }
    if (entry.times() == null) {
      entry.write(true);
      remove(slot);
      return;
    }
    int size = entry.size() + 2 * slot.series.length();
    if (slot.index < 0 && bytes + size > room && random.nextInt(TAKEN_IN) > 0) {
      entry.write(true);
      return;
    }
    if (slot.index < 0) {
      slot.index = slots.size();
      slots.add(slot);
      cached.put(slot.series, slot);
    }
    bytes += size - slot.bytes;
    slot.bytes = size;
    entry.cached(size);
    if (bytes > room) {
      while (bytes > room && !slots.isEmpty()) {
        Slot<E> evicted = slots.get(random.nextInt(slots.size()));
        keys.accept(evicted.series);
        evicted.entry.write(true);
        remove(evicted);
      }
      keys.accept(slot.series);
    }
  }

  private void remove(Slot<E> slot) {
    if (slot.index < 0) {
      return;
    }
    Slot<E> last = slots.remove(slots.size() - 1);
    if (last != slot) {
      slots.set(slot.index, last);
      last.index = slot.index;
    }
    cached.remove(slot.series);
    bytes -= slot.bytes;
    slot.index = -1;
  }

  /** At a checkpoint: Flink's state has all that the cached series have become. */
  final void flush() throws IOException {
    for (int i = 0; i < slots.size(); i++) {
      Slot<E> slot = slots.get(i);
      if (slot.entry.hasChanged()) {
        keys.accept(slot.series);
        slot.entry.write(false);
      }
    }
  }
}
