package dev.weir.stream;

import dev.weir.forecast.engine.SeriesForecaster;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import dev.weir.state.LearnerStateSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * What a task knows of its series, in Flink's keyed state. Where the backend keeps state as bytes,
 * as RocksDB does, it also caches series, up to a number of bytes:
 *
 * <ul>
 *   <li>A record of a cached series reads and writes no bytes. What has changed is written at each
 *       checkpoint, before Flink's snapshot, and when a series makes room for another.
 *   <li>What is written is small: not the state that learning has changed, which is kilobytes, but
 *       the observations since the state was last written; reading it learns them again. After some
 *       observations the state itself is written.
 *   <li>Series make room at random, and once the cache is full only some of those that are missed
 *       are taken in. Where series take turns, the least recently used is the next one that is
 *       needed, and a cache that drops it has no hits at all.
 * </ul>
 *
 * <p>On the heap nothing is cached.
 */
final class SeriesStore {

  /** Each series that is known has one. The state's name is part of each savepoint. */
  static final ValueStateDescriptor<WindowState> WINDOW =
      new ValueStateDescriptor<>("window", WeirTypeInformation.WINDOW_STATE);

  /** Observations that "learned" does not contain. Its name is part of each savepoint. */
  private static final ValueStateDescriptor<ObservationLog> LOG =
      new ValueStateDescriptor<>("unlearned", WeirTypeInformation.OBSERVATION_LOG);

  /** Unlearned observations that a checkpoint may hold of a series: a restore learns them again. */
  static final int MAX_LOG = 32;

  /**
   * The same of a series that makes room, and is read again before long. Where a fifth of the
   * series is cached, a record takes 120 us of CPU with 6, and 136 with 3.
   */
  private static final int MAX_LOG_EVICTED = 6;

  /**
   * States that wait for the next checkpoint, in bytes: it writes them while no record is taken in.
   * Those beyond are written at once.
   */
  private static final long MAX_UNSAVED = 32 << 20;

  /** In a full cache, one of so many series that are missed is taken in. */
  private static final int TAKEN_IN = 8;

  /** An entry without its arrays of numbers, in bytes; {@code StateSizeTest} measures it. */
  static final int ENTRY_BYTES = 600;

  private final ValueState<WindowState> window;
  private final Map<Mode, ValueState<LearnerState>> learned = new EnumMap<>(Mode.class);
  private final ValueState<ObservationLog> log;
  private final int features;
  private final Consumer<String> keys; // selects a series
  private final long room; // bytes; 0: no cache
  private final Map<String, Entry> entries = new HashMap<>();
  private final List<Entry> slots = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private SeriesForecaster forecaster;
  private int windowBefore;
  private long logs; // restored, where nothing is cached
  private long bytes; // of all entries
  private long unsaved; // of those whose state waits for the next checkpoint
  private volatile long misses;
  private String series;
  private Entry current; // null before it is asked for, and where nothing is cached

  /** A cached series. */
  private static final class Entry {
    final String series;
    final LearnerState[] learned = new LearnerState[Mode.values().length];
    int slot = -1; // where it is in the list; -1: not in the cache
    int bytes;
    WindowState window;
    boolean hasLearned; // whether "learned" and "log" have been read
    ObservationLog log;
    boolean isLogSaved;
    boolean hasNewWindow;
    boolean learnedMore;
    boolean needsState; // a log does not say what has become of it
    int unsaved; // its part of what waits for the next checkpoint

    Entry(String series) {
      this.series = series;
    }

    int size() {
      int size = ENTRY_BYTES + 2 * series.length();
      size += window == null ? 0 : window.bytes();
      size += log == null ? 0 : log.bytes();
      for (LearnerState state : learned) {
        size += state == null ? 0 : state.bytes();
      }
      return size;
    }
  }

  /**
   * @param modes that learn
   * @param keys selects a series
   * @param room bytes of the cache; 0 for none
   */
  SeriesStore(
      RuntimeContext context, List<Mode> modes, int features, Consumer<String> keys, long room) {
    this.window = context.getState(WINDOW);
    this.log = modes.isEmpty() ? null : context.getState(LOG);
    for (Mode mode : modes) {
      learned.put(
          mode,
          context.getState(
              new ValueStateDescriptor<>(
                  LearnerStateSerializer.STATE + mode.label(), WeirTypeInformation.LEARNER_STATE)));
    }
    this.features = features;
    this.keys = keys;
    this.room = modes.isEmpty() ? 0 : room;
  }

  /** Learns what a saved state has not learned yet; given before the first series is. */
  void forecaster(SeriesForecaster forecaster) {
    this.forecaster = forecaster;
    this.windowBefore = forecaster.windowBefore();
  }

  /** Where nothing is cached: whether restored series have something to learn. */
  void restored(KeyedStateBackend<String> backend) {
    if (log != null && room == 0) {
      try (Stream<String> logged = backend.getKeys(LOG.getName(), VoidNamespace.INSTANCE)) {
        logs = logged.count();
      }
    }
  }

  /**
   * Another model takes part from now on: observations before it can't be learned again with the
   * model of their time, so the next checkpoint saves the states.
   */
  void modelChanged() {
    for (Entry entry : slots) {
      entry.needsState |= entry.log != null;
      entry.learnedMore |= entry.needsState;
    }
  }

  /** Cached series. */
  long cached() {
    return slots.size();
  }

  /** Series that were not cached, so far. */
  long misses() {
    return misses;
  }

  /** The series of the next calls; it is selected already. */
  void at(String series) {
    this.series = series;
    this.current = null;
  }

  private Entry current() throws IOException {
    if (current == null) {
      current = entries.get(series);
      if (current == null) {
        misses++; // by one thread only
        current = new Entry(series);
        current.window = read(window, WINDOW.getName());
      }
    }
    return current;
  }

  WindowState window() throws IOException {
    return room == 0 ? read(window, WINDOW.getName()) : current().window;
  }

  /** RocksDB reads a value when it is asked for, long after a restore. */
  private <T> T read(ValueState<T> state, String name) throws IOException {
    try {
      return state.value();
    } catch (IOException | RuntimeException e) {
      throw new IOException("series %s: state %s can't be read".formatted(series, name), e);
    }
  }

  /**
   * @param state null to drop the series
   */
  void window(WindowState state) throws IOException {
    if (room == 0) {
      window.update(state); // null clears
      return;
    }
    current().window = state;
    current.hasNewWindow = true;
  }

  LearnerState learned(Mode mode) throws IOException {
    if (room == 0) {
      if (logs > 0) {
        learnRestored();
      }
      return read(learned.get(mode), LearnerStateSerializer.STATE + mode.label());
    }
    Entry entry = current();
    if (!entry.hasLearned) {
      entry.hasLearned = true;
      entry.log = read(log, LOG.getName());
      entry.isLogSaved = entry.log != null;
      for (Mode each : learned.keySet()) {
        entry.learned[each.ordinal()] = caughtUp(each, entry.log);
      }
      if (entry.log != null && !forecaster.fits(entry.log)) {
        entry.log = null; // a new one begins with the next observation
      }
    }
    return entry.learned[mode.ordinal()];
  }

  private LearnerState caughtUp(Mode mode, ObservationLog log) throws IOException {
    LearnerState saved = read(learned.get(mode), LearnerStateSerializer.STATE + mode.label());
    return log == null ? saved : forecaster.catchUp(series, mode, saved, log);
  }

  /** What a savepoint of another backend left to be learned. */
  private void learnRestored() throws IOException {
    ObservationLog restored = read(log, LOG.getName());
    if (restored != null) {
      for (Mode mode : learned.keySet()) {
        learned.get(mode).update(caughtUp(mode, restored));
      }
      log.clear();
      logs--;
    }
  }

  /**
   * @param state null to drop it
   */
  void learned(Mode mode, LearnerState state) throws IOException {
    if (room == 0) {
      if (logs > 0 && read(log, LOG.getName()) != null) { // of a state that was not asked for
        log.clear();
        logs--;
      }
      learned.get(mode).update(state);
      return;
    }
    Entry entry = current();
    if (!entry.hasLearned) { // and so it is not known whether there is a log
      entry.hasLearned = true;
      entry.isLogSaved = true;
    }
    entry.learned[mode.ordinal()] = state;
    entry.learnedMore = true;
    entry.needsState |= state == null;
  }

  /** All modes have learned the newest observation of a window. */
  void observed(SequenceWindow window, boolean repeatable) {
    if (room == 0) {
      return;
    }
    Entry entry = current;
    entry.needsState |= !repeatable;
    if (entry.needsState) {
      return;
    }
    if (entry.log == null) {
      entry.log = new ObservationLog(window, features, windowBefore);
    } else if (entry.log.unlearned() < MAX_LOG) {
      entry.log.append(window);
    } else {
      entry.needsState = true;
    }
  }

  /** Nothing more comes of the current series for now: it stays in the cache, or is written. */
  void done() throws IOException {
    Entry entry = current;
    if (entry == null) {
      return;
    }
    current = null;
    if (entry.window == null) {
      write(entry, true);
      remove(entry);
      return;
    }
    int size = entry.size();
    if (entry.slot < 0 && bytes + size > room && random.nextInt(TAKEN_IN) > 0) {
      write(entry, true);
      return;
    }
    if (entry.slot < 0) {
      entry.slot = slots.size();
      slots.add(entry);
      entries.put(entry.series, entry);
    }
    bytes += size - entry.bytes;
    entry.bytes = size;
    if (entry.needsState && entry.unsaved == 0) {
      entry.unsaved = size;
      unsaved += size;
      if (unsaved > MAX_UNSAVED) {
        write(entry, false);
      }
    }
    if (bytes > room) {
      while (bytes > room && !slots.isEmpty()) {
        Entry evicted = slots.get(random.nextInt(slots.size()));
        keys.accept(evicted.series);
        write(evicted, true);
        remove(evicted);
      }
      keys.accept(series);
    }
  }

  private void remove(Entry entry) {
    if (entry.slot < 0) {
      return;
    }
    Entry last = slots.remove(slots.size() - 1);
    if (last != entry) {
      slots.set(entry.slot, last);
      last.slot = entry.slot;
    }
    entries.remove(entry.series);
    bytes -= entry.bytes;
    entry.slot = -1;
  }

  /** At a checkpoint: Flink's state has all that the cached series have become. */
  void flush() throws IOException {
    for (int i = 0; i < slots.size(); i++) {
      Entry entry = slots.get(i);
      if (entry.hasNewWindow || entry.learnedMore) {
        keys.accept(entry.series);
        write(entry, false);
      }
    }
  }

  /** Writes what has changed of the selected series. */
  private void write(Entry entry, boolean evicted) throws IOException {
    if (entry.hasNewWindow) {
      window.update(entry.window); // null clears
      entry.hasNewWindow = false;
    }
    if (!entry.learnedMore) {
      return;
    }
    entry.learnedMore = false;
    int unlearned = entry.log == null ? 0 : entry.log.unlearned();
    if (!entry.needsState && unlearned <= (evicted ? MAX_LOG_EVICTED : MAX_LOG)) {
      log.update(entry.log);
      entry.isLogSaved = true;
      return;
    }
    for (Map.Entry<Mode, ValueState<LearnerState>> state : learned.entrySet()) {
      state.getValue().update(entry.learned[state.getKey().ordinal()]);
    }
    if (entry.isLogSaved) {
      log.clear();
    }
    entry.log = null;
    entry.isLogSaved = false;
    entry.needsState = false;
    unsaved -= entry.unsaved;
    entry.unsaved = 0;
  }
}
