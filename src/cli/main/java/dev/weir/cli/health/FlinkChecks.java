package dev.weir.cli.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.cluster.ClusterFailure;
import dev.weir.cli.cluster.FlinkRest;
import dev.weir.cli.cluster.FlinkRest.Job;
import dev.weir.cli.health.Findings.Level;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import dev.weir.stream.covariate.CovariateJoin;
import dev.weir.stream.covariate.JoinLoss;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;

/** Whether a Flink cluster fits a job before its start, and how the job runs after it. */
final class FlinkChecks {

  private static final String DEFAULT_INTERVAL = "10 s";

  /** A checkpoint and a restart take less than this many intervals. */
  private static final int INTERVALS = 3;

  private static final Pattern JOIN =
      Pattern.compile(CovariateJoin.PREFIX + "(covariates|outside)");

  private static final long RECENT_MILLIS = 5 * 60_000;
  private static final long MIN_WAIT_MILLIS = 30_000;

  private final JobChecks checks;
  private final Findings findings;
  private final FlinkRest rest; // null: only what needs no cluster is checked

  FlinkChecks(JobChecks checks, FlinkRest rest) {
    this.checks = checks;
    this.findings = checks.findings;
    this.rest = rest;
  }

  /**
   * Whether the cluster fits a job before its start.
   *
   * @throws IOException if Flink does not answer
   */
  void cluster() throws IOException {
    Map<String, String> config = new HashMap<>();
    if (rest != null) {
      JsonNode overview = rest.get("/overview");
      for (JsonNode entry : rest.get("/jobmanager/config")) {
        config.put(entry.path("key").asText(), entry.path("value").asText());
      }
      String tasks = config.getOrDefault("parallelism.default", "");
      if (checks.parallelism == null && tasks.matches("[0-9]{1,9}")) {
        checks.parallelism = Integer.valueOf(tasks);
      }
      slots(overview);
    }
    interval(config.getOrDefault("execution.checkpointing.interval", DEFAULT_INTERVAL));
  }

  private void slots(JsonNode overview) throws IOException {
    String version = overview.path("flink-version").asText("unknown");
    int all = overview.path("slots-total").asInt();
    int free = overview.path("slots-available").asInt();
    int tasks = checks.parallelism == null ? 1 : checks.parallelism;
    String name = checks.job.name();
    if (!version.startsWith("2.2") && !version.startsWith("2.3")) {
      findings.warn("flink", "use 2.2 or 2.3, which Weir is tested with", "version %s", version);
    }
    if (rest.jobs().stream().anyMatch(job -> job.name().equals(name) && job.isRunning())) {
      findings.warn(
          "flink",
          "stop it with a savepoint first: two of one name abort each other's transactions",
          "job %s runs already at %s",
          name,
          rest.address());
    } else {
      findings.add(
          free < tasks ? Level.fail : Level.ok,
          "flink",
          "start more TaskManagers, raise taskmanager.numberOfTaskSlots, or lower --parallelism",
          "%s at %s, %d of %s free, the job needs %d",
          version,
          rest.address(),
          free,
          Numbers.counted(all, "slot"),
          tasks);
    }
  }

  private void interval(String text) {
    Duration interval = TimeUtils.parseDuration(text);
    boolean exact = checks.job.kafka().delivery().isExact();
    Duration timeout = checks.job.kafka().delivery().timeout();
    findings.add(
        exact && interval.multipliedBy(INTERVALS).compareTo(timeout) > 0 ? Level.fail : Level.ok,
        "checkpoints",
        "lower execution.checkpointing.interval or raise delivery.transaction-timeout: a restart"
            + " would lose forecasts",
        "each %s%s",
        Durations.shown(interval),
        exact ? ", a transaction ends after " + Durations.shown(timeout) : "");
  }

  /**
   * How the job runs.
   *
   * @throws IOException if Flink does not answer
   */
  void job() throws IOException {
    Job job = chosen();
    if (job == null) {
      return;
    }
    checks.name = job.name();
    JsonNode detail = rest.get("/jobs/" + job.id());
    long now = detail.path("now").asLong(System.currentTimeMillis());
    long uptime = detail.path("duration").asLong();
    long restarts = restarts(job.id());
    findings
        .figures
        .put("job.id", job.id())
        .put("job.name", job.name())
        .put("job.state", job.state())
        .put("job.uptime_ms", uptime)
        .put("job.restarts", restarts < 0 ? null : restarts);
    findings.add(
        job.isRunning() ? Level.ok : Level.fail,
        "job",
        job.hasEnded()
            ? "start it again: weir submit JOB.yaml --jobmanager "
                + rest.address()
                + ", with --savepoint to go on where it was"
            : "look at the exception below, and at the JobManager's log",
        "%s %s for %s, %s, id %s",
        job.name(),
        job.state(),
        Durations.shown(uptime),
        restarts < 0 ? "restarts unknown" : Numbers.counted(restarts, "restart"),
        job.id());
    exceptions(job, now);
    checkpoints(job, now, uptime);
    if (job.isRunning()) { // else there are no metrics
      losses("/jobs/" + job.id() + "/vertices/", detail.path("vertices"));
    }
  }

  /** What joins have not used since the job's last start. */
  private void losses(String path, JsonNode vertices) throws IOException {
    for (JsonNode vertex : vertices) {
      String id = vertex.path("id").asText();
      Matcher join = JOIN.matcher(vertex.path("name").asText());
      if (!id.matches("[0-9a-f]{32}") || !join.find()) {
        continue;
      }
      for (JoinLoss loss : JoinLoss.values()) {
        String metric = join.group() + ".weir." + loss.metric;
        JsonNode sums = rest.get(path + id + "/subtasks/metrics?agg=sum&get=" + metric);
        long count = sums.path(0).path("sum").asLong();
        if (count > 0) {
          findings.warn(join.group(1), loss.advice, "%,d %s (%s)", count, loss.what, loss.metric);
        }
      }
    }
  }

  /** Returns the selected job; null if no job or more than one matches. */
  private Job chosen() throws IOException {
    String wanted = checks.name;
    List<Job> meant =
        rest.jobs().stream()
            .filter(job -> wanted == null || wanted.equals(job.name()) || wanted.equals(job.id()))
            .sorted(Comparator.comparing(Job::hasEnded).thenComparing(job -> -job.start()))
            .toList();
    List<Job> running = meant.stream().filter(job -> !job.hasEnded()).toList();
    if (meant.isEmpty()) {
      findings.fail(
          "job",
          "start it: weir submit JOB.yaml --jobmanager " + rest.address(),
          "Flink at %s has no job%s",
          rest.address(),
          wanted == null ? "" : " " + wanted);
      return null;
    }
    if (running.size() > 1) {
      findings.fail(
          "job",
          wanted == null
              ? "name one by --job NAME or ID, or by its job file"
              : "stop all but one with a savepoint: they write the same forecasts",
          "Flink at %s runs %d jobs%s: %s",
          rest.address(),
          running.size(),
          wanted == null ? "" : " of the name " + wanted,
          running.stream().limit(10).map(Job::name).toList());
    }
    return wanted == null && running.size() > 1 ? null : meant.get(0);
  }

  /** -1 if unknown: a job that has ended has no metrics. */
  private long restarts(String id) {
    try {
      return rest.get("/jobs/" + id + "/metrics?get=numRestarts").path(0).path("value").asLong(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  private void exceptions(Job job, long now) throws IOException {
    JsonNode newest =
        rest.get("/jobs/" + job.id() + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries")
            .path(0);
    String trace = newest.path("stacktrace").asText("");
    if (trace.isEmpty()) {
      findings.figures.putNull("job.last_exception");
      return;
    }
    long ago = now - newest.path("timestamp").asLong();
    String line = ClusterFailure.root(trace);
    findings.figures.put("job.last_exception", line).put("job.last_exception_ago_ms", ago);
    findings.add(
        job.isRunning() && ago < RECENT_MILLIS ? Level.fail : Level.ok,
        "exception",
        "the TaskManagers' logs say more",
        "%s ago: %s",
        Durations.shown(ago),
        line);
  }

  private void checkpoints(Job job, long now, long uptime) throws IOException {
    JsonNode answer;
    long interval;
    try {
      answer = rest.get("/jobs/" + job.id() + "/checkpoints");
      interval = rest.get("/jobs/" + job.id() + "/checkpoints/config").path("interval").asLong(-1);
    } catch (IOException e) {
      if (!e.getMessage().contains("status 404")) {
        throw e;
      }
      findings.fail(
          "checkpoints",
          "set execution.checkpointing.interval, by -D or in Flink's config.yaml",
          "job %s makes no checkpoints, so no forecast is committed",
          job.name());
      return;
    }
    JsonNode last = answer.path("latest").path("completed");
    JsonNode failed = answer.path("latest").path("failed");
    long completed = answer.path("counts").path("completed").asLong();
    long failures = answer.path("counts").path("failed").asLong();
    ObjectNode figures =
        findings
            .figures
            .put("checkpoints.completed", completed)
            .put("checkpoints.failed", failures)
            .put("checkpoints.interval_ms", interval);
    String done = "%,d done, %,d failed".formatted(completed, failures);
    long since = uptime;
    if (last.path("trigger_timestamp").asLong() > 0) {
      since = now - last.path("latest_ack_timestamp").asLong();
      long took = last.path("end_to_end_duration").asLong();
      long bytes = last.path("state_size").asLong();
      figures
          .put("checkpoints.last_ago_ms", since)
          .put("checkpoints.last_duration_ms", took)
          .put("checkpoints.last_bytes", bytes);
      done +=
          "; last %s ago, took %s, state %,.0f KB"
              .formatted(Durations.shown(since), Durations.shown(took), bytes / 1024.0);
    }
    boolean late = since > Math.max(MIN_WAIT_MILLIS, (INTERVALS + 1) * Math.max(0, interval));
    boolean hasFailed =
        failed.path("failure_timestamp").asLong() > last.path("latest_ack_timestamp").asLong();
    String problem =
        late
            ? "; none completed for " + Durations.shown(since)
            : hasFailed
                ? "; the newest one failed: " + failed.path("failure_message").asText("no message")
                : "";
    findings.add(
        job.isRunning() && !problem.isEmpty() ? Level.fail : Level.ok,
        "checkpoints",
        "Flink's page, Checkpoints, says which task is slow or failed; is a broker away?",
        "%s, one each %s%s",
        done,
        Durations.shown(interval),
        problem);
  }
}
