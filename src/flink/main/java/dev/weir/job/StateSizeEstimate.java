package dev.weir.job;

import dev.weir.classify.ClassifySettings;
import dev.weir.classify.SeriesClassifier;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.SeriesAlarms;
import dev.weir.forecast.alarm.ThresholdTracker;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.SeriesBytes;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.CarriedState;
import dev.weir.stream.ClassifyOperator;
import dev.weir.stream.ForecastOperator;
import dev.weir.stream.covariate.OutsideSettings;
import java.util.List;

/**
 * How many bytes a series takes, known before there is one. It is the arrays that the core
 * allocates, and around them what Flink and the JVM add, on a heap of less than 32 GB.
 *
 * @param heap of a task whose state is on the heap
 * @param cached of a task that caches the series, where RocksDB stores its state; twice the larger
 *     of forecasts and classes where both are cached, in half of the cache each
 * @param disk in a canonical savepoint of RocksDB; its own files are compressed, and contain some
 *     values twice until they are compacted
 */
public record StateSizeEstimate(long heap, long cached, long disk) {

  /** Characters in a series' name, where the names are not known. */
  public static final int NAME_LENGTH = 20;

  /** The caches of a TaskManager's tasks take one of so many parts of its heap by default. */
  public static final int CACHE_SHARE = ForecastOperator.CACHE_SHARE;

  private static final int ARRAY = 16; // an array's header
  private static final int WINDOW_OBJECT = 88;
  private static final int COVARIATES_OBJECT = 32 + ARRAY;
  private static final int LEARNED_OBJECT = 40 + 4 * ARRAY;
  private static final int ALARM_OBJECTS = 32 + 24 + 3 * ARRAY;
  private static final int SUMS_OBJECTS = 32 + ARRAY;
  private static final int THRESHOLD_OBJECTS = 64 + 3 * ARRAY;
  private static final int BREAK_OBJECTS = 24 + 2 * ARRAY;
  private static final int STRING = 24 + ARRAY;
  private static final int BOXED = 16; // a Long
  private static final int MAP_OBJECT = 48 + ARRAY + 16 * 4;
  private static final int OUTSIDE_OBJECTS = 40 + 32 + 2 * ARRAY; // an entry of the map, its value

  /** Entry of Flink's state table, and its place in the array of entries. */
  private static final int HEAP_ENTRY = 40 + 6;

  /** A timer, its place in the queue, and its entry in the map of timers. */
  private static final int HEAP_TIMER = 32 + 6 + 40;

  /** An entry of the cache without its arrays, as the task counts it. */
  private static final int CACHE_ENTRY = ForecastOperator.CACHED_SERIES_BYTES;

  /** Lengths of key and value, key group, end of the key, namespace. */
  private static final int DISK_ENTRY = 12;

  private static final int WINDOW_FORMAT = 38; // version, sizes, checksum
  private static final int LEARNED_FORMAT = 27;
  private static final int SUMS_FORMAT = 8;
  private static final int ALARMS_FORMAT = 7; // incident, breaks and feedback or none, thresholds
  private static final int LOG_FORMAT = 25;
  private static final int OUTSIDE_FORMAT = 25; // version, count, end, timer, checksum
  private static final int OUTSIDE_MODEL_FORMAT = 12; // sizes

  /** Observations in the log of a series at a checkpoint, on average: they grow from 1 to 32. */
  private static final int LOG_ROWS = 16;

  private static final int CARRIED_OBJECT = 40 + 2 * ARRAY;
  private static final int CARRIED_FORMAT = 33; // version, model, counts, sizes, checksum

  private static final int WAITING_ROWS = 4; // room for observations that wait

  private static final int MAX_LOG_ROWS =
      ForecastOperator.MAX_UNLEARNED; // room for so many that are to be learned

  private static SeriesAlarms alarms(AlarmRules rules) {
    SeriesAlarms alarms = new SeriesAlarms(rules.common());
    rules.thresholds().stream()
        .map(each -> new ThresholdTracker(each.threshold(), List.of()).newSeries())
        .forEach(alarms.thresholds()::add);
    return alarms;
  }

  /** Bytes of a series of a job with names of {@link #NAME_LENGTH} characters. */
  public static StateSizeEstimate of(JobSettings job) {
    StateSizeEstimate forecast =
        job.forecast().modes().isEmpty()
            ? new StateSizeEstimate(0, 0, 0)
            : of(job.forecast(), NAME_LENGTH).and(outside(job.outside(), NAME_LENGTH));
    if (job.classify() == null) {
      return forecast;
    }
    long classes = classes(job.classify(), 1);
    long cached = ClassifyOperator.CACHED_SERIES_BYTES + 2L * NAME_LENGTH + classes;
    if (!job.classify().learning().learns()) {
      cached = forecast.cached;
    } else if (job.classify().limits().caches() > 1) { // each has half
      cached = 2 * Math.max(forecast.cached, cached);
    }
    return new StateSizeEstimate(
        forecast.heap + classes + LEARNED_OBJECT + HEAP_ENTRY + string(NAME_LENGTH),
        cached,
        forecast.disk + classes + LEARNED_FORMAT + DISK_ENTRY + NAME_LENGTH);
  }

  /**
   * Bytes that are kept of a series to classify it, without what Flink and the JVM add.
   *
   * @param waiting windows that wait for their label; 1 where labels come in time
   */
  public static long classes(ClassifySettings settings, int waiting) {
    return SeriesClassifier.seriesBytes(settings, settings.expectedClasses(), waiting);
  }

  private StateSizeEstimate and(StateSizeEstimate other) {
    return new StateSizeEstimate(heap + other.heap, cached + other.cached, disk + other.disk);
  }

  /**
   * What is kept of the outside forecasts of a series, which come each time it is observed; nothing
   * waits.
   *
   * @param join null for none
   */
  private static StateSizeEstimate outside(OutsideSettings join, int nameLength) {
    if (join == null) {
      return new StateSizeEstimate(0, 0, 0);
    }
    long times = Math.min(join.keep(), join.horizon());
    long numbers = times * Long.BYTES * (2 + join.columns()); // time, when it was made, columns
    long heap = OUTSIDE_OBJECTS + 2 * numbers + string(nameLength); // arrays grow by doubling
    long disk = OUTSIDE_MODEL_FORMAT + numbers + nameLength;
    int models = join.slots();
    StateSizeEstimate names = // in the window
        join.isListed()
            ? new StateSizeEstimate(0, 0, 0)
            : new StateSizeEstimate(
                ARRAY + (long) models * string(nameLength),
                (long) models * string(nameLength),
                (long) models * nameLength);
    return new StateSizeEstimate(
            MAP_OBJECT + HEAP_ENTRY + HEAP_TIMER + 2 * string(nameLength) + models * heap,
            0,
            2 * (DISK_ENTRY + nameLength)
                + OUTSIDE_FORMAT
                + Long.BYTES
                + models * disk) // and timer
        .and(names);
  }

  /** Whether a series takes more once a season of it has been found. */
  public static boolean findsSeasons(JobSettings job) {
    return job.forecast().modes().stream()
        .anyMatch(
            target ->
                target.learning() != null && target.learning().season() == LearnerSettings.AUTO);
  }

  /**
   * Bytes of a series of the forecasting operator.
   *
   * @param nameLength characters of a series' name
   */
  public static StateSizeEstimate of(ForecastSettings settings, int nameLength) {
    int row = 16 + 8 * settings.inputs().features(); // time, value, features
    long kept = 8 * covariatesKept(settings);
    long window = (long) settings.seqLen() * row + kept;
    long heapKey = HEAP_ENTRY + string(nameLength);
    long diskKey = DISK_ENTRY + nameLength;
    boolean waits = !settings.outOfOrderness().isZero();
    int waitingRow = row + (settings.ahead() == 0 ? 0 : 8 * (1 + settings.ahead()));
    long waiting = waits ? ARRAY + (long) WAITING_ROWS * waitingRow : 0;
    long heap = WINDOW_OBJECT + ARRAY + window + waiting + heapKey;
    heap += kept == 0 ? 0 : COVARIATES_OBJECT;
    long cached = CACHE_ENTRY + 2L * nameLength + window + waiting;
    long disk = WINDOW_FORMAT + window + diskKey;
    if (!settings.limits().ttl().isZero()) { // its time in a state, and a timer
      heap += heapKey + BOXED + HEAP_TIMER + string(nameLength);
      disk += 2 * diskKey + 2 * Long.BYTES;
    }
    int before = -1; // rows of a log that were learned already; -1: nothing is learned
    for (ModeSettings target : settings.modes()) {
      if (settings.carries() && target.initialModel() != null) { // never cached
        long carried = CarriedState.bytes(target.initial().rnn());
        heap += CARRIED_OBJECT + carried + HEAP_ENTRY; // the key is that of the window
        disk += CARRIED_FORMAT + carried + diskKey;
      }
      Learning learning = target.learning();
      if (learning == null) {
        continue;
      }
      boolean hasModel = target.model() != null;
      long learned =
          SeriesBytes.of(learning.learner(), learning.season(), settings.seqLen(), hasModel);
      if (learning.alarms() != null) { // while none is open
        learned += alarms(learning.alarms()).bytes();
        disk += ALARMS_FORMAT;
        boolean breaks = learning.alarms().common().alarms().reasons().contains(Reason.BREAK);
        heap += breaks ? BREAK_OBJECTS : 0;
        heap += ALARM_OBJECTS + (long) THRESHOLD_OBJECTS * learning.alarms().thresholds().size();
      }
      if (learning.scoresEvery() > 0) {
        learned += learning.learner().distributionBytes();
        heap += SUMS_OBJECTS;
        disk += SUMS_FORMAT;
      }
      heap += LEARNED_OBJECT + learned + heapKey;
      cached += learned;
      disk += LEARNED_FORMAT + learned + diskKey;
      before = Math.max(before, hasModel ? settings.seqLen() - 1 : 0);
    }
    if (before >= 0) {
      cached += (long) row * (before + MAX_LOG_ROWS);
    }
    if (before >= 0 && settings.ahead() == 0) { // else states are written in place of logs
      disk += LOG_FORMAT + (long) row * (before + LOG_ROWS) + diskKey;
    }
    return new StateSizeEstimate(heap, cached, disk);
  }

  private static long covariatesKept(ForecastSettings settings) {
    int columns = settings.columnsKept();
    return columns == 0 ? 0 : (long) settings.seqLen() * columns + settings.ahead();
  }

  private static long string(int length) {
    return STRING + (length + 7) / 8 * 8L;
  }
}
