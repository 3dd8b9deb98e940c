package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.WeirProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A job under a steady load for {@code soak.minutes}, of which some process is taken away again and
 * again. Nothing may grow, and nothing may be lost.
 */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SoakIT {
  private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("soak.minutes", 30));
  private static final long SEED = Long.getLong("soak.seed", 20_240_101);

  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(5);
  private static final Duration MAX_QUIET = Duration.ofMinutes(2);

  /** So much more in the last third than in the first is growth; below it, it is chance. */
  private static final double TOLERANCE = 1.2;

  /** What a few more connections or a late class may take, by the last word of a figure's name. */
  private static final Map<String, Double> SLACK =
      Map.of("MB", 16.0, "threads", 15.0, "files", 25.0, "transactions", 4.0, "KB", 16.0);

  private static final int LEAST_SAMPLES = 6;
  private static final int TASKS = 2;
  private static final int KINDS = 4; // of disturbances

  private final List<Disturbance> disturbances = new ArrayList<>();
  private final Map<String, List<Double>> samples = new LinkedHashMap<>();
  private int disturbed;
  private long end;

  @Test
  void nothingGrowsAndNothingIsLost() throws Exception {
    Random random = new Random(SEED);
    System.out.printf("soak of %s, seed %d%n", LENGTH, SEED);
    try (ForecastCluster cluster =
        ForecastCluster.start(
            "SoakIT",
            2,
            "jobs/many-to-one.yaml",
            Map.of(),
            Map.of("taskmanager.numberOfTaskSlots", "3", "env.java.opts.all", ""))) {
      cluster.feed(200);
      cluster.run(TASKS, null, Map.of());
      ForecastCluster.pause(WARM_UP);
      end = System.nanoTime() + LENGTH.toNanos();
      Duration quiet = min(MAX_QUIET, LENGTH.dividedBy(6));
      while (!isOver()) {
        // half to one and a half times as long
        long next =
            System.nanoTime()
                + quiet.toNanos() / 2
                + (long) (random.nextDouble() * quiet.toNanos());
        while (System.nanoTime() < next && !isOver()) {
          ForecastCluster.pause(BETWEEN_SAMPLES);
          sample(cluster);
        }
        if (!isOver()) {
          disturb(cluster, random);
          ForecastCluster.pause(BETWEEN_SAMPLES);
        }
      }
      cluster.assertExact();
      cluster.assertAborted();
      assertFlat();
    }
  }

  /** After its time, with each kind of disturbance and as many samples as are needed. */
  private boolean isOver() {
    return System.nanoTime() >= end && count() >= LEAST_SAMPLES && disturbed >= KINDS;
  }

  private int count() {
    return samples.values().stream().mapToInt(List::size).findFirst().orElse(0);
  }

  private interface Disturbance {
    void happen(ForecastCluster cluster) throws Exception;
  }

  /** All kinds in some order, then all of them in another. */
  private void disturb(ForecastCluster cluster, Random random) throws Exception {
    if (disturbances.isEmpty()) {
      disturbances.add(ForecastCluster::killTaskManager);
      disturbances.add(running -> running.killJobManager(TASKS));
      disturbances.add(ForecastCluster::killBroker);
      disturbances.add(ForecastCluster::stallTaskManager);
      Collections.shuffle(disturbances, random);
    }
    disturbances.remove(0).happen(cluster);
    disturbed++;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  // ---- samples

  private void sample(ForecastCluster cluster) throws Exception {
    FlinkCluster flink = cluster.flink();
    sample("JobManager", List.of(flink.jobManager()));
    sample("TaskManagers", flink.taskManagers().stream().map(flink::taskManager).toList());
    sample("broker", List.of(cluster.broker().process()));
    add(
        "state KB",
        flink.checkpoints(cluster.job()).at("/latest/completed/state_size").asDouble() / 1024);
    add("open transactions", cluster.topics().openTransactions().size());
  }

  private void sample(String role, List<LocalProcess> processes) throws Exception {
    double heap = 0;
    double threads = 0;
    double files = 0;
    for (LocalProcess process : processes) {
      heap += WeirProcess.heap(process.pid()) / 1048576.0;
      threads += threads(process);
      files += files(process);
    }
    add(role + " heap MB", heap);
    add(role + " threads", threads);
    add(role + " files", files);
  }

  private void add(String name, double value) {
    samples.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private static long threads(LocalProcess process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToLong(line -> Long.parseLong(line.substring("Threads:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static long files(LocalProcess process) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    }
  }

  // ---- growth

  private void assertFlat() {
    List<String> grown = new ArrayList<>();
    samples.forEach(
        (name, values) -> {
          int third = values.size() / 3;
          double first = median(values.subList(0, third));
          double last = median(values.subList(values.size() - third, values.size()));
          System.out.printf(
              "%-22s %8.1f in the first third, %8.1f in the last (%d samples)%n",
              name, first, last, values.size());
          double slack = SLACK.get(name.substring(name.lastIndexOf(' ') + 1));
          if (last > first * TOLERANCE + slack) {
            grown.add("%s from %.1f to %.1f: %s".formatted(name, first, last, values));
          }
        });
    assertThat(grown).as("what has grown").isEmpty();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
