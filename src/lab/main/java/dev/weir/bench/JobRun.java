package dev.weir.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.weir.cli.local.LocalCluster;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One run of one job, in the process that is measured, observed from outside: the records are those
 * that the job's Kafka consumer counts, the CPU is the process's.
 *
 * <p>The consumer counts a fetched batch once it is handed over whole. So a measurement starts and
 * ends when the count moves; otherwise a slow pipeline would seem to do nothing, or twice as much.
 */
final class JobRun implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LOOK_MILLIS = 20;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final String COUNTER = "records-consumed-total";
  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final LocalCluster cluster;
  private final BenchPipeline pipeline;
  private final Request request;
  private JobClient job;
  private CompletableFuture<JobExecutionResult> end;

  /**
   * A run.
   *
   * @param job path of the job file
   * @param options of the job file, beside those in it
   * @param flink settings of Flink
   * @param throughput how to read the topic flat out; null to run the job until the next line
   */
  record Request(
      String job, Map<String, String> options, Map<String, String> flink, Throughput throughput) {}

  /**
   * A measurement of a job that reads its topic flat out.
   *
   * @param records in the topic
   * @param warmRecords to read before it starts, at least
   * @param warmMillis to read before it starts, at least
   * @param millis that it lasts at most
   * @param rescaled tasks that the job is restored with after it; 0: it is not
   */
  record Throughput(
      int series, long records, long warmRecords, long warmMillis, long millis, int rescaled) {}

  /**
   * Runs one pipeline's jobs, one after the other: a line of JSON on standard input requests a run,
   * a line of JSON answers it. Returns when standard input ends; throws what a job fails with.
   *
   * @param cluster with slots for the tasks, also of a rescaled job, and {@code
   *     restart-strategy.type: none}
   */
  static void serve(LocalCluster cluster, BenchPipeline pipeline, PrintStream answers)
      throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Request request = JSON.readValue(line, Request.class);
      Report.Repetition result = null;
      try (JobRun run = new JobRun(cluster, pipeline, request)) {
        if (request.throughput != null) {
          result = run.measure(request.throughput);
        } else {
          answers.println("null"); // the job runs
          lines.readLine(); // the load generator is done
          run.failIfEnded();
        }
      }
      System.gc(); // not in the next run
      answers.println(JSON.writeValueAsString(result));
    }
  }

  private JobRun(LocalCluster cluster, BenchPipeline pipeline, Request request) throws Exception {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.request = request;
    submit(new Configuration());
  }

  private void submit(Configuration more) throws Exception {
    StreamExecutionEnvironment env = cluster.environment();
    env.configure(Configuration.fromMap(request.flink()));
    env.configure(more);
    JobSettings settings = JobSettings.read(Path.of(request.job()), request.options());
    job = ForecastJob.submit(env, settings, pipeline.middle(settings));
    end = job.getJobExecutionResult();
  }

  /** What is done and spent so far. */
  private record Moment(
      long nanos, long records, long cpuNanos, long compilerNanos, Long diskBytes) {

    static Moment of(long records) {
      return new Moment(
          System.nanoTime(),
          records,
          SYSTEM.getProcessCpuTime(),
          JobRun.compilerNanos(),
          JobRun.diskBytes());
    }
  }

  /** Lets the job read its topic flat out and measures from the end of the warm-up on. */
  Report.Repetition measure(Throughput plan) throws Exception {
    long warmNanos = TimeUnit.MILLISECONDS.toNanos(plan.warmMillis());
    long measuredNanos = TimeUnit.MILLISECONDS.toNanos(plan.millis());
    Moment from = null;
    Moment to = null;
    long seen = 0;
    long firstAt = 0;
    long movedAt = System.nanoTime();
    while (to == null) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      failIfEnded();
      long records = consumed();
      long now = System.nanoTime();
      if (records == seen) {
        failAfter(movedAt, "to continue reading, %,d of %,d".formatted(records, plan.records()));
        continue;
      }
      firstAt = seen == 0 ? now : firstAt;
      movedAt = now;
      seen = records;
      if (from != null) {
        boolean isOver = records >= plan.records() || now - from.nanos >= measuredNanos;
        to = isOver ? Moment.of(records) : null;
      } else if (records >= plan.records()) {
        throw new IllegalStateException(
            "--records: expected more than a few of Kafka's batches, got " + records);
      } else if (records >= plan.warmRecords()
          && (now - firstAt >= warmNanos || records >= plan.records() / 2)) {
        from = Moment.of(records);
      }
    }
    double count = to.records - from.records;
    double compilerNanos = to.compilerNanos - from.compilerNanos;
    CompletedCheckpointStats checkpoint = checkpoint();
    Double[] restore = plan.rescaled() > 0 ? rescale(plan.rescaled()) : new Double[2];
    return new Report.Repetition(
        count * 1e9 / (to.nanos - from.nanos),
        (to.cpuNanos - from.cpuNanos - compilerNanos) / 1e3 / count,
        compilerNanos / 1e3 / count,
        (double) checkpoint.getStateSize() / plan.series(),
        checkpoint.getEndToEndDuration(),
        checkpoint.getCheckpointedSize(),
        restore[0],
        restore[1],
        from.diskBytes == null ? null : (to.diskBytes - from.diskBytes) / count);
  }

  /**
   * What the process has written into files, flushes and compactions of RocksDB and checkpoints
   * among it. Known on Linux only, else null.
   */
  private static Long diskBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/io"))) {
      return lines
          .filter(line -> line.startsWith("write_bytes: "))
          .map(line -> Long.valueOf(line.substring("write_bytes: ".length())))
          .findFirst()
          .orElse(null);
    } catch (IOException | UncheckedIOException e) {
      return null;
    }
  }

  /**
   * CPU of the JVM's compiler, which works for minutes after a start and hardly ever after. Known
   * on Linux only; elsewhere it is 0 and counts as the job's.
   */
  private static long compilerNanos() {
    File[] threads = new File("/proc/self/task").listFiles();
    long sum = 0;
    for (File thread : threads == null ? new File[0] : threads) {
      try {
        if (Files.readString(thread.toPath().resolve("comm")).matches("(?s)C[12] Compiler.*")) {
          String schedule = Files.readString(thread.toPath().resolve("schedstat"));
          sum += Long.parseLong(schedule.split(" ")[0]); // nanoseconds on a CPU
        }
      } catch (IOException e) {
        // a thread that has ended since
      }
    }
    return sum;
  }

  /** Records that the Kafka consumers of this process have handed over. */
  private static long consumed() throws JMException {
    ObjectName consumers =
        new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*");
    double sum = 0;
    for (ObjectName consumer : BEANS.queryNames(consumers, null)) {
      try {
        if (BEANS.getAttribute(consumer, COUNTER) instanceof Double count && !count.isNaN()) {
          sum += count;
        }
      } catch (AttributeNotFoundException | InstanceNotFoundException e) {
        // a consumer that has just started or is being closed
      }
    }
    return Math.round(sum);
  }

  private CompletedCheckpointStats checkpoint() throws Exception {
    cluster
        .miniCluster()
        .triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED)
        .get(5, TimeUnit.MINUTES);
    return graph().getCheckpointStatsSnapshot().getHistory().getLatestCompletedCheckpoint();
  }

  private AccessExecutionGraph graph() throws Exception {
    return cluster.miniCluster().getExecutionGraph(job.getJobID()).get();
  }

  /** Milliseconds to stop the job with a savepoint, and then until so many tasks run. */
  private Double[] rescale(int tasks) throws Exception {
    String folder = request.job() + "-savepoint"; // the parent deletes it
    long start = System.nanoTime();
    String savepoint =
        job.stopWithSavepoint(false, folder, SavepointFormatType.NATIVE).get(5, TimeUnit.MINUTES);
    long stopped = System.nanoTime();
    submit(
        new Configuration()
            .set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint)
            .set(CoreOptions.DEFAULT_PARALLELISM, tasks));
    while (!isEachTaskRunning()) { // each has restored its state by then
      failIfEnded();
      failAfter(stopped, "to run with twice the tasks, " + job.getJobStatus().get());
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return new Double[] {(stopped - start) / 1e6, (System.nanoTime() - stopped) / 1e6};
  }

  private boolean isEachTaskRunning() throws Exception {
    for (AccessExecutionVertex task : graph().getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  private void failIfEnded() throws Exception {
    if (end.isDone()) {
      end.get(); // throws the reason
      throw new IllegalStateException("expected the job to run, it has ended");
    }
  }

  private static void failAfter(long since, String what) {
    if (System.nanoTime() - since > PATIENCE_NANOS) {
      throw new IllegalStateException(
          "expected the job %s after %d s"
              .formatted(what, TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)));
    }
  }

  /** Cancels the job and waits until it has ended. */
  @Override
  public void close() throws Exception {
    if (!end.isDone()) {
      job.cancel();
    }
    end.handle((result, failure) -> null).get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
  }
}
