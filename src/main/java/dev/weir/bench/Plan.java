package dev.weir.bench;

import java.time.Duration;
import java.util.List;

/**
 * What is measured, and for how long.
 *
 * @param cases the combinations, in the order of each repetition
 * @param records in each input topic
 * @param window how long each measurement lasts at most
 * @param checkpointInterval of the jobs whose throughput is measured
 * @param heap of each Flink process, as the JVM's -Xmx takes it
 * @param hotKey share of the records that one more series has; 0 for none
 * @param rescale whether to stop each run with a savepoint and restore it with two tasks
 * @param latency whether to measure latencies
 * @param quick whether to skip repetitions so that the run ends within three minutes
 */
public record Plan(
    List<Case> cases,
    int repetitions,
    long records,
    Duration window,
    Duration checkpointInterval,
    String heap,
    double hotKey,
    boolean rescale,
    boolean latency,
    boolean quick) {

  /** Values of a series until its window is full. */
  private static final int FULL = Pipeline.SEQ_LEN + 1;

  private static final int COUNTED = 4;

  public Plan {
    check(cases.stream().allMatch(c -> c.series() >= 1), "--series", "1 or more", "less");
    check(repetitions >= 1, "--repetitions", "1 or more", repetitions);
    check(records >= 1000, "--records", "1000 or more", records);
    check(window.toMillis() >= 100, "--window", "100ms or more", window);
    check(
        checkpointInterval.toMillis() >= 100,
        "--checkpoint-interval",
        "100ms or more",
        checkpointInterval);
    check(heap.matches("[1-9][0-9]{0,5}[mg]"), "--heap", "a size such as 2g", heap);
    check(hotKey >= 0 && hotKey < 1, "--hot-key", "0 to below 1", hotKey);
  }

  private static void check(boolean holds, String option, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: expected %s, got %s".formatted(option, expected, got));
    }
  }

  int latencyRepetitions() {
    return !latency ? 0 : quick ? 1 : Math.min(3, repetitions);
  }

  long latencyMillis() {
    return Math.min(window.toMillis(), 8_000);
  }

  /** Records that are read before a measurement starts; a fifth of a short topic. */
  long warmRecords(int series) {
    return Math.max(Math.min(50_000, records / 5), full(series));
  }

  /** Records until the window of each series is full. */
  long full(int series) {
    return rounds(FULL, series);
  }

  /** Records in the topic: enough to measure after all windows are full. */
  long records(int series) {
    return Math.max(records, rounds(FULL + COUNTED, series));
  }

  /** Records until each series has had so many values, those of the hot series in between. */
  private long rounds(int values, int series) {
    return (long) Math.ceil(values * (double) series / (1 - hotKey));
  }
}
