package dev.weir.cli.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.window.StateLimits;
import dev.weir.job.JobSettings;
import dev.weir.job.StateSizeEstimate;
import java.util.List;

/** Heap and disk that a number of series takes on both backends, beside what a cluster has. */
final class MemoryChecks {

  /** The slots of a TaskManager share this part of its heap for cached series: one of so many. */
  private static final int CACHE_SHARE = StateSizeEstimate.CACHE_SHARE;

  /** A larger part of a slot's heap leaves too little for the rest of the job. */
  private static final double MOST = 0.8;

  private final Findings findings;
  private final JobSettings job;
  private final Long series; // null: not known
  private final StateSizeEstimate each;

  /**
   * @param series how many there will be; null when that is not known
   */
  MemoryChecks(Findings findings, JobSettings job, Long series) {
    this.findings = findings;
    this.job = job;
    this.series = series;
    this.each = StateSizeEstimate.of(job);
  }

  /**
   * @param tasks of each operator
   */
  void withoutCluster(int tasks) {
    if (series == null) {
      each();
      classes();
      return;
    }
    seasons();
    limit(tasks);
    findings.ok(
        "memory",
        "%,d series take %s on the heap (%,d bytes each), twice that with room",
        series,
        Findings.bytes(series * each.heap()),
        each.heap());
    classes();
    disk();
    if (caches()) {
      findings.ok("cache", "on RocksDB %s", all(tasks));
    }
  }

  /**
   * @param taskManagers of the cluster
   * @param backend {@code state.backend.type}
   * @param tasks of each operator
   */
  void check(List<JsonNode> taskManagers, String backend, int tasks) {
    if (series == null || taskManagers.isEmpty()) {
      withoutCluster(tasks);
      return;
    }
    seasons();
    limit(tasks);
    boolean isOnHeap = backend.equals("hashmap");
    if (isOnHeap) {
      heap(taskManagers);
    }
    classes();
    disk();
    if (!isOnHeap && caches()) {
      cache(taskManagers, tasks);
    }
  }

  private void each() {
    findings.ok(
        "memory",
        "%,d bytes for each series on the heap, %,d on disk with RocksDB; --series N compares with what there is",
        each.heap(),
        each.disk());
  }

  private void classes() {
    ClassifySettings classify = job.classify();
    if (classify != null && classify.learning().learns()) {
      int waiting = classify.learning().waiting();
      findings.ok(
          "classes",
          "%,d of these bytes for %d classes if labels come in time; %,d if %d windows wait for theirs",
          StateSizeEstimate.classes(classify, 1),
          classify.expectedClasses(),
          StateSizeEstimate.classes(classify, waiting),
          waiting);
    }
  }

  private void seasons() {
    if (StateSizeEstimate.findsSeasons(job)) {
      findings.warn(
          "season",
          "set season to compute with it",
          "memory and disk are those of series without a season; each season found adds to them,"
              + " and a year of daily values up to a tenth");
    }
  }

  private void limit(int tasks) {
    int limit = job.forecast().limits().maxSeries();
    if (limit > 0 && series > (long) limit * tasks) {
      findings.warn(
          "memory",
          "raise state.max-series, or run as many tasks as it takes",
          "%,d series, where state.max-series lets each of %d tasks keep %,d",
          series,
          tasks,
          limit);
    }
  }

  private void disk() {
    findings.ok(
        "disk",
        "%,d series take %s in a canonical savepoint of RocksDB (%,d bytes each); its local disks need up to twice that",
        series,
        Findings.bytes(series * each.disk()),
        each.disk());
  }

  private boolean caches() {
    return job.forecast().limits().cache() != 0
        && (job.forecast().modes().stream().anyMatch(target -> target.learning() != null)
            || job.classify() != null && job.classify().learning().learns());
  }

  private String all(int tasks) {
    long cache = (series + tasks - 1) / tasks * each.cached();
    return "a cache of all series takes %,d bytes each: state.cache: %d mb for each of %d tasks, %s of heap by default"
        .formatted(
            each.cached(), (cache >> 20) + 1, tasks, Findings.bytes(CACHE_SHARE * cache * tasks));
  }

  private void cache(List<JsonNode> taskManagers, int tasks) {
    long heap = Long.MAX_VALUE; // of the smallest slot
    for (JsonNode taskManager : taskManagers) {
      int slots = Math.max(1, taskManager.path("slotsNumber").asInt(1));
      heap = Math.min(heap, ofJvm(taskManager) / slots);
    }
    long configured = job.forecast().limits().cache();
    boolean isShare = configured == StateLimits.A_SHARE_OF_THE_HEAP;
    long cache = isShare ? heap / CACHE_SHARE : configured;
    long fit = Math.min(series, cache / each.cached() * tasks);
    String found =
        "%,d of %,d series fit into the caches of %d tasks, %s each%s"
            .formatted(
                fit,
                series,
                tasks,
                Findings.bytes(cache),
                isShare ? " by default" : " by state.cache");
    if (cache > heap * MOST) {
      findings.fail(
          "cache",
          "lower state.cache, or raise taskmanager.memory.task.heap.size",
          "state.cache is %s for each task, where a slot has %s of heap",
          Findings.bytes(cache),
          Findings.bytes(heap));
    } else if (fit < series) {
      findings.warn("cache", all(tasks), "%s; the others are read from RocksDB each time", found);
    } else {
      findings.ok("cache", "%s", found);
    }
  }

  private static long ofJvm(JsonNode taskManager) {
    return taskManager.path("hardware").path("freeMemory").asLong(Long.MAX_VALUE);
  }

  private void heap(List<JsonNode> taskManagers) {
    long heap = series * each.heap();
    long there = 0;
    for (JsonNode taskManager : taskManagers) {
      long configured = taskManager.path("memoryConfiguration").path("taskHeap").asLong();
      // an embedded cluster configures a terabyte; the JVM's limit is shown as well
      there += Math.min(configured, ofJvm(taskManager));
    }
    String found =
        "%,d series take %s on the heap (%,d bytes each), twice that with room; %d TaskManagers have %s"
            .formatted(
                series,
                Findings.bytes(heap),
                each.heap(),
                taskManagers.size(),
                Findings.bytes(there));
    String change =
        "more TaskManagers or taskmanager.memory.task.heap.size, state.backend.type: rocksdb, or"
            + " learning.size: small";
    if (heap > there) {
      findings.fail("memory", change, "%s", found);
    } else if (2 * heap > there) {
      findings.warn("memory", change, "%s", found);
    } else {
      findings.ok("memory", "%s", found);
    }
  }
}
