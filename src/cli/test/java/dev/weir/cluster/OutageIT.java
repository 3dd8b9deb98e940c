package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker that stays away for longer than Kafka's clients wait by themselves. */
@Tag("slow")
class OutageIT {
  /** Kafka's clients give up an answer after 60 seconds, unless told to be patient. */
  private static final Duration AWAY = Duration.ofSeconds(100);

  /** Flink's own task.cancellation.timeout, after which it ends the TaskManager. */
  private static final Duration FLINK_WAITS_FOR_A_TASK = Duration.ofMinutes(3);

  /** In each process: from the clients that can't connect, and from those that can't send. */
  private static final int KINDS = 2;

  private static final int TASKS = 2;

  /** Of any level. */
  private static final int LINES_A_SECOND = 10;

  @Test
  void aJobWaitsForItsBrokerWithoutARestartAndSaysSoOnceAMinute() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start("OutageIT", 1, "jobs/many-to-one.yaml", Map.of(), Map.of())) {
      FlinkCluster flink = cluster.flink();
      cluster.feed(200);
      cluster.run(TASKS, null, Map.of());
      cluster.awaitProgress(500);
      List<String> before = warnings(cluster);
      long start = System.nanoTime();
      long lines = lines(cluster).count();
      // while it is away: afterwards Flink makes up for the checkpoints, a dozen lines each
      AtomicLong logged = new AtomicLong();
      cluster.disturb(
          "broker away for " + AWAY.toSeconds() + " s",
          () -> {
            cluster.broker().process().kill();
            ForecastCluster.pause(AWAY);
            logged.set(lines(cluster).count() - lines);
            cluster.broker().start();
            cluster.awaitProgress(500);
          });
      long minutes = Duration.ofNanos(System.nanoTime() - start).toMinutes();
      List<String> told = new ArrayList<>(warnings(cluster));
      before.forEach(told::remove);
      System.out.printf(
          "%,d warnings, %,d lines of any level in %d s%n",
          told.size(), logged.get(), AWAY.toSeconds());
      told.forEach(System.out::println);
      assertThat(told).as("waits").anyMatch(line -> line.contains("could not be established"));
      assertThat(told.stream().filter(line -> line.contains("for Kafka, and goes on")))
          .as("goes on")
          .hasSizeBetween(1, 2 * TASKS); // a task may meet it in two steps of a checkpoint
      long processes = 1 + flink.taskManagers().size();
      assertThat(told.size())
          .as("warnings: each kind at once and then once a minute, and each task that goes on")
          .isLessThanOrEqualTo((int) (processes * KINDS * (1 + minutes)) + 2 * TASKS);
      assertThat(logged.get()).as("lines").isLessThan(LINES_A_SECOND * AWAY.toSeconds());
      assertThat(flink.restored(cluster.job())).as("restarts").isZero();
      assertThat(flink.exceptions(cluster.job()).at("/exceptionHistory/entries").size()).isZero();
      cluster.assertExact();
    }
  }

  @Test
  void aJobCancelledMeanwhileEndsWithTheOutageAndLeavesItsTaskManagerAlive() throws Exception {
    try (ForecastCluster cluster =
        ForecastCluster.start("OutageIT-cancel", 1, "jobs/many-to-one.yaml", Map.of(), Map.of())) {
      FlinkCluster flink = cluster.flink();
      cluster.feed(200);
      cluster.run(TASKS, null, Map.of());
      cluster.awaitProgress(500);
      cluster.topics().awaitOpen(ForecastCluster.FORECASTS, ForecastCluster.OPEN);
      cluster.broker().process().kill();
      flink.cancelLater(cluster.job());
      ForecastCluster.pause(FLINK_WAITS_FOR_A_TASK.plusSeconds(20));
      assertThat(flink.taskManager("tm-1").isAlive()).isTrue();
      assertThat(flink.status(cluster.job()))
          .isIn("CANCELLING", "CANCELED"); // at once if nothing waits for the broker
      cluster.broker().start();
      flink.awaitStatus(cluster.job(), "CANCELED");
      assertThat(flink.taskManager("tm-1").isAlive()).isTrue();
    }
  }

  private static List<String> warnings(ForecastCluster cluster) {
    return lines(cluster)
        .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
        .filter(line -> !line.contains("MetricGroup")) // two metrics of one name, each checkpoint
        .toList();
  }

  private static Stream<String> lines(ForecastCluster cluster) {
    FlinkCluster flink = cluster.flink();
    return Stream.concat(
            Stream.of(flink.jobManager()), flink.taskManagers().stream().map(flink::taskManager))
        .flatMap(process -> process.output().lines());
  }
}
