package dev.weir.cli.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.health.FlinkRest.Job;
import dev.weir.forecast.DeadLetter;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A job as Flink's REST tells of it: does it run, does it fail, do its checkpoints complete. */
final class FlinkHealth {

  /** A failure is worth a look for so long after it. */
  private static final long RECENT_MILLIS = 5 * 60_000;

  /** Checkpoint intervals without a checkpoint before something is wrong with them. */
  private static final int INTERVALS = 4;

  private static final long MIN_WAIT_MILLIS = 30_000;

  /** A collector that starts at less has not made room when this much is used. */
  private static final double FULL_HEAP = 0.95;

  /** This much may be garbage, unless the collector also works for a third of the time. */
  private static final double BUSY_HEAP = 0.8;

  private static final double BUSY_COLLECTOR_MILLIS_PER_SECOND = 300;

  private static final int MAX_TASK_MANAGERS = 100;

  /** This share of late observations is no accident. */
  private static final double MAX_LATE = 0.01;

  private static final String OBSERVATIONS = ".weir.observations";
  private static final String LATE = ".weir.reason.LATE.deadLetters";

  private static final String HEAP_USED = "Status.JVM.Memory.Heap.Used";
  private static final String HEAP_MAX = "Status.JVM.Memory.Heap.Max";
  private static final String COLLECTOR = "Status.JVM.GarbageCollector.All.TimeMsPerSecond";

  private final FlinkRest rest;
  private final Findings findings;

  private FlinkHealth(FlinkRest rest, Findings findings) {
    this.rest = rest;
    this.findings = findings;
  }

  /** Looks at the job of that name or id, or the only one that runs, whose name is known then. */
  static void look(Look look) throws IOException {
    String found = look(look.flink, look.name, look.findings);
    look.name = found == null ? look.name : found;
  }

  /**
   * Looks at a job.
   *
   * @param wanted name or id; null: the only one that runs
   * @return the job's name; null if several jobs match
   * @throws IOException when Flink does not answer
   */
  static String look(FlinkRest rest, String wanted, Findings findings) throws IOException {
    return new FlinkHealth(rest, findings).look(wanted);
  }

  private String look(String wanted) throws IOException {
    Job job = choose(rest.jobs(), wanted);
    if (job == null) {
      return null;
    }
    ObjectNode json = findings.section("job");
    json.put("id", job.id());
    json.put("name", job.name());
    json.put("state", job.state());
    JsonNode detail = rest.get("/jobs/" + job.id());
    long now = detail.path("now").asLong(System.currentTimeMillis());
    long uptime = detail.path("duration").asLong();
    long restarts = metric(job.id(), "numRestarts");
    json.put("uptime_ms", uptime);
    json.put("restarts", restarts < 0 ? null : restarts);
    findings.ok(
        "job",
        "%s %s for %s, %s, id %s",
        job.name(),
        job.state(),
        Findings.duration(uptime),
        restarts < 0 ? "restarts unknown" : restarts + " restarts",
        job.id());
    if (!job.isRunning()) {
      findings.problem(
          job.hasEnded()
              ? "start it again: weir submit JOB.yaml --jobmanager "
                  + rest.address()
                  + ", with --savepoint to go on where it was"
              : "look at the exception below, and at the JobManager's log",
          "job %s is %s",
          job.name(),
          job.state());
    }
    exceptions(job, now, json);
    checkpoints(job, now, uptime, json);
    late(job, detail.path("vertices"), json);
    heap(json);
    return job.name();
  }

  private Job choose(List<Job> jobs, String wanted) {
    List<Job> meant =
        jobs.stream()
            .filter(job -> wanted == null || wanted.equals(job.name()) || wanted.equals(job.id()))
            .sorted(
                Comparator.comparing((Job job) -> job.hasEnded())
                    .thenComparing(job -> -job.start()))
            .toList();
    List<Job> running = meant.stream().filter(job -> !job.hasEnded()).toList();
    if (meant.isEmpty()) {
      findings.problem(
          "start it: weir submit JOB.yaml --jobmanager " + rest.address(),
          "Flink at %s has no job%s",
          rest.address(),
          wanted == null ? "" : " " + wanted);
      return null;
    }
    if (wanted == null && running.size() > 1) {
      findings.problem(
          "say which by --job NAME or ID, or give its job file",
          "Flink at %s runs %d jobs: %s",
          rest.address(),
          running.size(),
          running.stream().limit(10).map(Job::name).toList());
      return null;
    }
    if (running.size() > 1) {
      findings.problem(
          "stop all but one with a savepoint: they write the same forecasts",
          "Flink at %s runs %d jobs of the name %s",
          rest.address(),
          running.size(),
          running.get(0).name());
    }
    return meant.get(0);
  }

  /** A metric of the job; -1 when Flink does not tell it. */
  private long metric(String id, String name) {
    try {
      JsonNode answer = rest.get("/jobs/" + id + "/metrics?get=" + name);
      String value = answer.path(0).path("value").asText("");
      return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
    } catch (IOException e) {
      return -1; // a job that has ended has none any more
    }
  }

  private void late(Job job, JsonNode vertices, ObjectNode json) {
    for (JsonNode vertex : vertices) {
      String id = vertex.path("id").asText();
      String operator = vertex.path("name").asText().split("\\W", 2)[0];
      if (!FlinkRest.isId(id) || !Set.of("forecast", "classify").contains(operator)) {
        continue;
      }
      Map<String, Long> sums = new HashMap<>();
      String names = operator + OBSERVATIONS + "," + operator + LATE;
      try {
        String path = "/jobs/%s/vertices/%s/subtasks/metrics?agg=sum&get=%s";
        for (JsonNode metric : rest.get(path.formatted(job.id(), id, names))) {
          sums.put(metric.path("id").asText(), metric.path("sum").asLong());
        }
      } catch (IOException e) {
        return; // tasks come and go
      }
      if (sums.size() < 2) { // not known yet, or counted by the other operator
        continue;
      }
      long all = sums.get(operator + OBSERVATIONS);
      long late = sums.get(operator + LATE);
      json.put("late_observations", late);
      findings.ok("late", "%,d of %,d observations since the tasks started", late, all);
      if (late > MAX_LATE * all) {
        findings.problem(
            DeadLetter.LATE_ADVICE,
            "%,d of %,d observations are late and became dead letters",
            late,
            all);
      }
      return;
    }
  }

  private void heap(ObjectNode json) {
    double fullest = -1;
    Map<String, Double> metrics = Map.of();
    try {
      int left = MAX_TASK_MANAGERS;
      for (JsonNode taskManager : rest.taskManagers()) {
        String id = taskManager.path("id").asText();
        if (!id.matches("[\\w.:-]{1,200}") || left-- == 0) { // it becomes part of a path
          break;
        }
        Map<String, Double> found = new HashMap<>();
        String names = String.join(",", HEAP_USED, HEAP_MAX, COLLECTOR);
        for (JsonNode metric : rest.get("/taskmanagers/" + id + "/metrics?get=" + names)) {
          found.put(metric.path("id").asText(), metric.path("value").asDouble());
        }
        double max = found.getOrDefault(HEAP_MAX, -1.0);
        double share = max > 0 ? found.getOrDefault(HEAP_USED, 0.0) / max : -1;
        if (share > fullest) {
          fullest = share;
          metrics = found;
        }
      }
    } catch (IOException e) {
      return; // TaskManagers come and go
    }
    if (fullest < 0) {
      return;
    }
    double collector = metrics.getOrDefault(COLLECTOR, 0.0);
    json.put("heap_used", metrics.get(HEAP_USED).longValue());
    json.put("heap_max", metrics.get(HEAP_MAX).longValue());
    String used =
        "%.0f %% of %s".formatted(100 * fullest, Findings.bytes(metrics.get(HEAP_MAX).longValue()));
    findings.ok("heap", "%s used on the fullest TaskManager", used);
    if (fullest >= FULL_HEAP
        || fullest >= BUSY_HEAP && collector >= BUSY_COLLECTOR_MILLIS_PER_SECOND) {
      findings.problem(
          "more TaskManagers, more taskmanager.memory.process.size, state.max-series or"
              + " learning.size: small; docs/operations.md, Too many series, or too little memory",
          "a TaskManager's heap is full: %s used, %.0f ms of each second go to garbage collection",
          used,
          collector);
    }
  }

  private void exceptions(Job job, long now, ObjectNode json) throws IOException {
    JsonNode newest =
        rest.get("/jobs/" + job.id() + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries")
            .path(0);
    String trace = newest.path("stacktrace").asText("");
    if (trace.isEmpty()) {
      json.putNull("last_exception");
      findings.ok("exception", "none");
      return;
    }
    long ago = now - newest.path("timestamp").asLong();
    String line = root(trace);
    json.put("last_exception", line);
    json.put("last_exception_ago_ms", ago);
    findings.ok("exception", "%s ago: %s", Findings.duration(ago), line);
    if (job.isRunning() && ago < RECENT_MILLIS) {
      findings.problem(
          "the exception below says why; the TaskManagers' logs say more",
          "job %s failed %s ago and was restarted",
          job.name(),
          Findings.duration(ago));
    }
  }

  /** The line of a stack trace that says why: the last cause. */
  static String root(String trace) {
    String why = trace.lines().findFirst().orElse("");
    for (String line : (Iterable<String>) trace.lines()::iterator) {
      if (line.startsWith("Caused by: ")) {
        why = line.substring("Caused by: ".length());
      }
    }
    return why;
  }

  private void checkpoints(Job job, long now, long uptime, ObjectNode json) throws IOException {
    JsonNode answer;
    long interval;
    try {
      answer = rest.get("/jobs/" + job.id() + "/checkpoints");
      interval = rest.get("/jobs/" + job.id() + "/checkpoints/config").path("interval").asLong(-1);
    } catch (IOException e) {
      if (!e.getMessage().contains("status 404")) {
        throw e;
      }
      findings.ok("checkpoints", "none: not configured");
      findings.problem(
          "set execution.checkpointing.interval, by -D or in Flink's config.yaml",
          "job %s makes no checkpoints, so no forecast is committed",
          job.name());
      return;
    }
    JsonNode counts = answer.path("counts");
    JsonNode last = answer.path("latest").path("completed");
    JsonNode failed = answer.path("latest").path("failed");
    ObjectNode node = json.putObject("checkpoints");
    node.put("completed", counts.path("completed").asLong());
    node.put("failed", counts.path("failed").asLong());
    node.put("in_progress", counts.path("in_progress").asLong());
    node.put("interval_ms", interval);
    String done =
        "%,d done, %,d failed"
            .formatted(counts.path("completed").asLong(), counts.path("failed").asLong());
    long since = uptime;
    if (last.path("trigger_timestamp").asLong() > 0) {
      since = now - last.path("latest_ack_timestamp").asLong();
      long took = last.path("end_to_end_duration").asLong();
      long bytes = last.path("state_size").asLong();
      node.put("last_ago_ms", since);
      node.put("last_duration_ms", took);
      node.put("last_bytes", bytes);
      findings.ok(
          "checkpoints",
          "%s; last %s ago, took %s, state %s",
          done,
          Findings.duration(since),
          Findings.duration(took),
          Findings.bytes(bytes));
    } else {
      findings.ok("checkpoints", "%s; none completed yet", done);
    }
    boolean running = job.isRunning();
    long patience = Math.max(MIN_WAIT_MILLIS, INTERVALS * Math.max(0, interval));
    if (running && since > patience) {
      findings.problem(
          "Flink's page, Checkpoints, says which task is slow; is a broker away?",
          "no checkpoint completed for %s, where the interval is %s",
          Findings.duration(since),
          Findings.duration(interval));
    } else if (running
        && failed.path("failure_timestamp").asLong() > last.path("latest_ack_timestamp").asLong()) {
      findings.problem(
          "Flink's page, Checkpoints, History says more",
          "the newest checkpoint failed: %s",
          failed.path("failure_message").asText("without a word"));
    }
  }
}
