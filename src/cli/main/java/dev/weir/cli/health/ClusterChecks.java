package dev.weir.cli.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.option.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a Flink cluster fits a job: versions, slots, checkpoints, memory, clocks. */
final class ClusterChecks extends Checks {

  private static final String DEFAULT_INTERVAL = "10 s";
  private static final Duration LONG_INTERVAL = Duration.ofMinutes(1);

  /** A checkpoint and a restart take less than so many intervals, or something else is wrong. */
  private static final int INTERVALS = 3;

  private static final long SKEW_MILLIS = 5_000;

  /** Heartbeats come each ten seconds unless configured otherwise, and are given up after fifty. */
  private static final long HEARTBEAT_MILLIS = 60_000;

  ClusterChecks(Look look) {
    super(look);
  }

  void check() throws IOException {
    look.tasks = look.parallelism == null ? 1 : look.parallelism;
    if (look.flink == null) {
      findings.warn("flink", "name it with --jobmanager HOST:PORT", "not looked at");
      interval(DEFAULT_INTERVAL, "which the job takes where none is configured");
      return;
    }
    JsonNode overview = look.flink.get("/overview");
    Map<String, String> config = config(look.flink.get("/jobmanager/config"));
    int tasks =
        look.parallelism != null
            ? look.parallelism
            : (int) number(config.get("parallelism.default"), 1);
    slots(look.flink, overview, tasks);
    List<JsonNode> taskManagers = look.flink.taskManagers();
    interval(
        config.getOrDefault("execution.checkpointing.interval", DEFAULT_INTERVAL),
        "of the cluster's configuration");
    clocks(taskManagers);
    look.tasks = tasks;
  }

  private static Map<String, String> config(JsonNode answer) {
    Map<String, String> config = new LinkedHashMap<>();
    for (JsonNode entry : answer) {
      config.put(entry.path("key").asText(), entry.path("value").asText());
    }
    return config;
  }

  private static long number(String text, long otherwise) {
    return text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) : otherwise;
  }

  private void slots(FlinkRest rest, JsonNode overview, int tasks) throws IOException {
    String version = overview.path("flink-version").asText("unknown");
    int all = overview.path("slots-total").asInt();
    int free = overview.path("slots-available").asInt();
    boolean runs =
        rest.jobs().stream()
            .anyMatch(other -> other.name().equals(job.name()) && other.isRunning());
    if (!version.startsWith("2.2") && !version.startsWith("2.3")) {
      findings.warn("flink", "use 2.2 or 2.3, which Weir is tested with", "version %s", version);
    }
    if (runs) {
      findings.warn(
          "flink",
          "stop it with a savepoint before it is started again: two of one name undo each other's"
              + " transactions",
          "job %s runs already at %s",
          job.name(),
          rest.address());
    } else if (free < tasks) {
      findings.fail(
          "flink",
          "start more TaskManagers, raise taskmanager.numberOfTaskSlots, or lower --parallelism",
          "%d of %d slots are free at %s, where the job needs %d",
          free,
          all,
          rest.address(),
          tasks);
    } else {
      findings.ok("flink", "%s at %s, %d of %d slots free", version, rest.address(), free, all);
    }
  }

  private void interval(String text, String whose) {
    Duration interval;
    try {
      interval = Durations.parse(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      findings.warn(
          "checkpoints",
          "write it as 10 s",
          "execution.checkpointing.interval is '%s', which is no duration",
          text);
      return;
    }
    boolean exactlyOnce = job.kafka().delivery().isExact();
    Duration timeout = job.kafka().delivery().timeout();
    if (exactlyOnce && interval.multipliedBy(INTERVALS).compareTo(timeout) > 0) {
      findings.fail(
          "checkpoints",
          "lower execution.checkpointing.interval or raise delivery.transaction-timeout",
          "each %s, where a transaction ends after %s: a restart would lose what waits",
          interval,
          timeout);
    } else if (exactlyOnce && interval.compareTo(LONG_INTERVAL) > 0) {
      findings.warn(
          "checkpoints",
          "lower execution.checkpointing.interval, or take delivery.guarantee: at-least-once",
          "each %s, so a forecast is seen up to so long after it was made",
          interval);
    } else {
      findings.ok(
          "checkpoints",
          "each %s, %s: a forecast is seen %s",
          interval,
          whose,
          exactlyOnce ? "half of that later in the mean" : "at once");
    }
  }

  /** A TaskManager's last heartbeat is a time of the JobManager's clock. */
  private void clocks(List<JsonNode> taskManagers) {
    long now = System.currentTimeMillis();
    long newest = 0;
    for (JsonNode taskManager : taskManagers) {
      newest = Math.max(newest, taskManager.path("timeSinceLastHeartbeat").asLong());
    }
    if (newest == 0) {
      return;
    }
    long ahead = newest - now;
    if (ahead > SKEW_MILLIS || -ahead > HEARTBEAT_MILLIS + SKEW_MILLIS) {
      findings.warn(
          "clocks",
          "keep both by NTP: window.max-future is judged by the TaskManagers' clocks",
          "Flink's is %s %s this one",
          Findings.duration(Math.abs(ahead)),
          ahead > 0 ? "ahead of" : "behind");
    } else {
      findings.ok("clocks", "Flink's and this one agree");
    }
  }
}
