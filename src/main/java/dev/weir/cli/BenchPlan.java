package dev.weir.cli;

import java.time.Duration;
import java.util.List;

/**
 * What {@code weir bench} is to do.
 *
 * @param cases the combinations, in the order of each repetition
 * @param records in each input topic
 * @param windowMillis how long each measurement lasts at most
 * @param interval from one checkpoint to the next
 * @param heap of each Flink process, as the JVM's -Xmx wants it
 * @param hotKey share of the records that one further series has; 0: there is none such
 * @param rescale whether to stop each run with a savepoint and go on with twice the tasks
 * @param latency whether to measure it
 * @param quick whether it is to stop repeating when three minutes come to their end
 */
record BenchPlan(
    List<BenchCase> cases,
    int repetitions,
    long records,
    long windowMillis,
    Duration interval,
    String heap,
    long seed,
    double hotKey,
    boolean rescale,
    boolean latency,
    boolean quick) {

  /** Values that each series sends before it counts as known: its window is full by then. */
  private static final int FULL = BenchPipeline.SEQ_LEN + 1;

  private static final int COUNTED = 4;

  /** Committed readers wait for these: half of it in the middle. */
  static final Duration LATENCY_CHECKPOINTS = Duration.ofSeconds(1);

  int latencyRepetitions() {
    return !latency ? 0 : quick ? 1 : Math.min(3, repetitions);
  }

  long latencyMillis() {
    return Math.min(windowMillis, 8_000);
  }

  /** Records that are read before a measurement begins, a fifth of the topic at most for few. */
  long warmRecords(BenchCase of) {
    return Math.max(Math.min(50_000, records / 5), known(FULL, of.series()));
  }

  /** Records until the window of each of so many series is full. */
  long full(int series) {
    return known(FULL, series);
  }

  /** Records in the topic for so many series: enough to measure after all of them are known. */
  long records(int series) {
    return Math.max(records, known(FULL + COUNTED, series));
  }

  /** Records until each series has had so many turns: those of the hot one lie between. */
  private long known(int turns, int series) {
    return (long) Math.ceil(turns * (double) series / (1 - hotKey));
  }
}
