package dev.weir.sql;

import dev.weir.forecast.window.SeriesResult;
import java.io.IOException;
import java.util.TreeSet;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction.TimeContext;

/**
 * Event time and timers of the current partition; and its state, of which each part is a map of one
 * entry, since such a map is read and written only when it is asked; any other state of a table
 * function is read before and written after each call.
 */
final class PartitionTimers {

  /** The only key of each map. */
  private static final Integer KEY = 0;

  /** Asked for in this call, and passed by event time already: Flink drops such timers silently. */
  private final TreeSet<Long> overdue = new TreeSet<>();

  private TimeContext<Long> time; // of the current call

  void at(TimeContext<Long> time) {
    this.time = time;
  }

  /** Event time, milliseconds since 1970. */
  long watermark() {
    Long watermark = time.currentWatermark();
    return watermark == null ? Long.MIN_VALUE : watermark;
  }

  void set(SeriesResult result) {
    Long cancelled = result.cancelled();
    if (cancelled != null) {
      time.clearTimer(cancelled);
      overdue.remove(cancelled);
    }
    for (int i = 0; i < result.wakeUps(); i++) {
      if (result.wakeUp(i) > watermark()) {
        time.registerOnTime(result.wakeUp(i));
      } else {
        overdue.add(result.wakeUp(i));
      }
    }
  }

  /**
   * The earliest time, asked for in this call, that event time has passed already, and forgets it;
   * null for none. The caller wakes the partition at each of them: a job's timers that are late
   * fire at once; in SQL it is for us to see to that.
   */
  Long nextOverdue() {
    return overdue.pollFirst();
  }

  static <T> T get(MapView<Integer, T> map) throws IOException {
    try {
      return map.get(KEY);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // as the view declares it
      throw new IOException(e);
    }
  }

  /** Null drops it. */
  static <T> void put(MapView<Integer, T> map, T value) throws IOException {
    try {
      if (value == null) {
        map.remove(KEY);
      } else {
        map.put(KEY, value);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
