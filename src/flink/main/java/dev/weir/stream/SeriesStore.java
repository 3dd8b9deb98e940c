package dev.weir.stream;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.ForecastState;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.CarriedState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.model.Mode;
import dev.weir.state.LearnerStateSerializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * What a task that forecasts knows of its series. What the cache writes is small: not the state
 * that learning has changed, which is kilobytes, but the observations since the state was last
 * written; reading it learns them again. After some observations the state itself is written.
 */
final class SeriesStore extends SeriesCache<SeriesStore.Entry> {

  /** Each series that is known has one. The state's name is part of each savepoint. */
  static final ValueStateDescriptor<WindowState> WINDOW =
      new ValueStateDescriptor<>("window", WeirTypeInformation.WINDOW_STATE);

  /** With what networks begin the next window, by mode. The name is part of each savepoint. */
  private static final String CARRIED = "carried-";

  /** Observations that "learned" does not contain. Its name is part of each savepoint. */
  private static final ValueStateDescriptor<ObservationLog> LOG =
      new ValueStateDescriptor<>("unlearned", WeirTypeInformation.OBSERVATION_LOG);

  /** Unlearned observations that a checkpoint may hold of a series: a restore learns them again. */
  static final int MAX_LOG = 32;

  /**
   * The same of a series that makes room, and is read again before long: learning several again
   * costs more than writing the state.
   */
  private static final int MAX_LOG_EVICTED = 1;

  /**
   * States that wait for the next checkpoint, in bytes: it writes them while no record is taken in.
   * Those beyond are written at once.
   */
  private static final long MAX_UNSAVED = 32 << 20;

  /** An entry without its arrays of numbers, in bytes, as measured. */
  static final int ENTRY_BYTES = 600;

  private final ValueState<WindowState> windows;
  private final Map<Mode, ValueState<LearnerState>> learners = new EnumMap<>(Mode.class);
  private final Map<Mode, ValueState<CarriedState>> carries = new EnumMap<>(Mode.class);
  private final ValueState<ObservationLog> logs;
  private final int features;
  private final int windowBefore;
  private long restored; // series with a log, where nothing is cached
  private long unsaved; // of those whose state waits for the next checkpoint

  /** What is kept of a series. */
  final class Entry extends ForecastState implements SeriesCache.Entry {
    private String series;
    private boolean isLogSaved = room > 0 || restored > 0; // until it has been read nobody knows
    private int unsaved; // its part of what waits for the next checkpoint

    private Entry(String series) {
      this.series = series;
    }

    /** Another series takes its place. */
    private void reset(String next) {
      series = next;
      Arrays.fill(learned, null);
      Arrays.fill(carried, null);
      log = null;
      isRead = false;
      isLogSaved = restored > 0;
    }

    @Override
    protected void readLearned() throws IOException {
      log = isLogSaved ? read(logs, LOG.getName(), series) : null;
      isLogSaved = log != null;
      for (Map.Entry<Mode, ValueState<LearnerState>> each : learners.entrySet()) {
        String name = LearnerStateSerializer.STATE + each.getKey().label();
        learned[each.getKey().ordinal()] = read(each.getValue(), name, series);
      }
    }

    @Override
    protected CarriedState readCarried(Mode mode) throws IOException {
      return read(carries.get(mode), CARRIED + mode.label(), series);
    }

    /** Writes what was asked for, or drops it with its series. */
    private <T> void write(Map<Mode, ValueState<T>> states, T[] current) throws IOException {
      for (Map.Entry<Mode, ValueState<T>> each : states.entrySet()) {
        T state = current[each.getKey().ordinal()];
        if (times() == null) {
          each.getValue().clear();
        } else if (state != null) {
          each.getValue().update(state);
        }
      }
    }

    @Override
    public Long expiry() throws IOException {
      return expiry.value();
    }

    @Override
    public void expiry(Long time) throws IOException {
      expiry.update(time);
    }

    @Override
    public int size() {
      int size = ENTRY_BYTES;
      size += times() == null ? 0 : times().bytes();
      size += log == null ? 0 : log.bytes();
      for (LearnerState state : learned) {
        size += state == null ? 0 : state.bytes();
      }
      return size;
    }

    @Override
    public boolean hasChanged() {
      return isChanged() || learnedMore;
    }

    @Override
    public void cached(int size) throws IOException {
      if (!isRepeatable && unsaved == 0) {
        unsaved = size;
        SeriesStore.this.unsaved += size;
        if (SeriesStore.this.unsaved > MAX_UNSAVED) {
          write(false);
        }
      }
    }

    private void modelChanged() {
      isRepeatable &= log == null;
      learnedMore |= !isRepeatable;
    }

    private void observed(SequenceWindow window, boolean repeatable) {
      isRepeatable &= repeatable;
      if (!isRepeatable) {
        return;
      }
      if (log == null) {
        log = new ObservationLog(window, features, windowBefore);
      } else if (log.unlearned() < MAX_LOG) {
        log.append(window);
      } else {
        isRepeatable = false;
      }
    }

    @Override
    public void write(boolean evicted) throws IOException {
      if (isChanged()) {
        windows.update(times()); // null clears
        write(carries, carried);
        saved();
      }
      if (!learnedMore) {
        return;
      }
      learnedMore = false;
      int unlearned = log == null ? 0 : log.unlearned();
      if (room > 0 && isRepeatable && unlearned <= (evicted ? MAX_LOG_EVICTED : MAX_LOG)) {
        logs.update(log);
        isLogSaved = true;
        return;
      }
      for (Map.Entry<Mode, ValueState<LearnerState>> state : learners.entrySet()) {
        state.getValue().update(learned[state.getKey().ordinal()]);
      }
      if (isLogSaved) {
        restored -= room == 0 && read(logs, LOG.getName(), series) != null ? 1 : 0;
        logs.clear();
      }
      log = null;
      isLogSaved = false;
      isRepeatable = true;
      SeriesStore.this.unsaved -= unsaved;
      unsaved = 0;
    }
  }

  /**
   * @param windowBefore observations before a new one that what is learned of it depends on
   * @param keys selects a series
   * @param room bytes of the cache; 0 for none
   */
  SeriesStore(
      RuntimeContext context,
      ForecastSettings settings,
      int windowBefore,
      Consumer<String> keys,
      long room) {
    super(
        context,
        settings.limits(),
        keys,
        settings.modes().stream().anyMatch(mode -> mode.learning() != null) ? room : 0);
    this.windows = context.getState(WINDOW);
    for (ModeSettings mode : settings.modes()) {
      if (settings.carries()) {
        carries.put(
            mode.mode(),
            context.getState(
                new ValueStateDescriptor<>(
                    CARRIED + mode.mode().label(), WeirTypeInformation.CARRIED_STATE)));
      }
      if (mode.learning() != null) {
        learners.put(
            mode.mode(),
            context.getState(
                new ValueStateDescriptor<>(
                    LearnerStateSerializer.STATE + mode.mode().label(),
                    WeirTypeInformation.LEARNER_STATE)));
      }
    }
    this.logs = learners.isEmpty() ? null : context.getState(LOG);
    this.features = settings.inputs().features();
    this.windowBefore = windowBefore;
  }

  /** Where nothing is cached: whether restored series have something to learn. */
  void restored(KeyedStateBackend<String> backend) {
    if (logs != null && room == 0) {
      try (Stream<String> logged = backend.getKeys(LOG.getName(), VoidNamespace.INSTANCE)) {
        restored = logged.count();
      }
    }
  }

  /**
   * Another model takes part from now on: observations before it can't be learned again with the
   * model of their time, so the next checkpoint saves the states.
   */
  void modelChanged() {
    forEach(Entry::modelChanged);
  }

  @Override
  Entry open(String series, Entry reused) throws IOException {
    Entry entry = reused;
    if (entry == null) {
      entry = new Entry(series);
    } else {
      entry.reset(series);
    }
    entry.load(read(windows, WINDOW.getName(), series));
    return entry;
  }

  /** All modes have learned the newest observation of a window. */
  void observed(SequenceWindow window, boolean repeatable) {
    if (room > 0) {
      current().observed(window, repeatable);
    }
  }
}
