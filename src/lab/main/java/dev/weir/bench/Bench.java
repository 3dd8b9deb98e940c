package dev.weir.bench;

import dev.weir.bench.JobRun.Request;
import dev.weir.bench.JobRun.Throughput;
import dev.weir.bench.LatencyProbe.Latency;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Measures all cases of a plan: one Flink process for each pipeline; the load generator runs here.
 * All processes stay up, so that each is as warm in its last repetition as a job that has run for a
 * while; they take turns, so that only one works at a time.
 */
public final class Bench implements AutoCloseable {

  private static final long WARM_JVM_MILLIS = 10_000;
  private static final long WARM_MILLIS = 1_000;
  private static final long LATENCY_MILLIS = 8_000;
  private static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long QUICK_LATENCY_NANOS = TimeUnit.SECONDS.toNanos(165);

  private final BenchPlan plan;
  private final String bootstrapServers;
  private final Path folder;
  private final ObjDoubleConsumer<String> progress;
  private final long start = System.nanoTime();
  private final TopicAdmin topics;
  private final Admin admin;
  private final Map<BenchPipeline, JobProcess> processes = new EnumMap<>(BenchPipeline.class);
  private final Map<List<BenchCase>, Double> rates = new HashMap<>(); // of latencies
  private final Report report = new Report();
  private int runs;
  private int steps;
  private int step;

  /**
   * Starts the Flink processes.
   *
   * @param folder for temporary files
   * @param progress takes a line of text and the share of the work that is done
   */
  public Bench(
      BenchPlan plan, String bootstrapServers, Path folder, ObjDoubleConsumer<String> progress)
      throws IOException {
    this.plan = plan;
    this.bootstrapServers = bootstrapServers;
    this.folder = folder;
    this.progress = progress;
    topics = new TopicAdmin(KafkaClients.of(bootstrapServers));
    admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    Map<String, String> cluster = new HashMap<>(plan.flink);
    cluster.put("taskmanager.numberOfTaskSlots", Integer.toString(plan.slots()));
    for (BenchPipeline pipeline : plan.pipelines) {
      processes.put(pipeline, new JobProcess(pipeline, cluster, plan.heap, folder));
    }
  }

  public Report run() throws Exception {
    for (Mode mode : Mode.values()) {
      LoadGenerator.writeNetwork(network(mode), mode);
    }
    BenchCase any = plan.cases().get(0);
    Request first = request(any, "check", "observations", plan.checkpointInterval, null);
    JobSettings.read(Path.of(first.job()), first.options()); // before topics are filled for it
    steps =
        plan.series.size()
            + processes.size()
            + plan.cases().size() * (plan.repetitions + plan.latencyRepetitions());
    for (int count : plan.series) {
      long from = System.nanoTime();
      topics.create("observations-" + count, plan.tasks, Map.of());
      long records = plan.records(count);
      new LoadGenerator(count, plan.hotKey, plan.zipf)
          .fill(bootstrapServers, "observations-" + count, records);
      tell(from, "%,d records of %,d series are in Kafka".formatted(records, count));
    }
    for (BenchPipeline pipeline : processes.keySet()) {
      long from = System.nanoTime();
      BenchCase warm =
          plan.cases().stream().filter(c -> c.pipeline() == pipeline).findFirst().get();
      measure(warm, 0, Math.min(WARM_JVM_MILLIS, 2 * plan.window.toMillis()), 0);
      tell(from, pipeline + ": its Flink process is up and warm");
    }
    for (int i = 0; i < plan.repetitions && !(i > 0 && isOver(QUICK_NANOS)); i++) {
      for (BenchCase of : plan.cases()) {
        long from = System.nanoTime();
        Report.Repetition repetition =
            measure(of, WARM_MILLIS, plan.window.toMillis(), plan.rescale ? 2 * plan.tasks : 0);
        report.add(of, repetition);
        tell(
            from,
            "%s: %,.0f records/s, %.2f us of CPU a record"
                .formatted(of, repetition.recordsPerSecond(), repetition.cpuMicrosPerRecord()));
      }
    }
    Map<BenchCase, List<BenchCase>> sameLoad =
        plan.cases().stream()
            .sorted(Comparator.comparingDouble(report::recordsPerSecond))
            .collect(Collectors.groupingBy(of -> of.with(BenchPipeline.IDENTITY)));
    for (int i = 0; i < plan.latencyRepetitions(); i++) {
      for (List<BenchCase> together : sameLoad.values()) {
        latencies(together);
      }
    }
    return report;
  }

  private Report.Repetition measure(BenchCase of, long warmMillis, long millis, int rescaled)
      throws Exception {
    String run = "bench-" + ++runs;
    Throughput throughput =
        new Throughput(
            of.series(),
            plan.records(of.series()),
            plan.warmRecords(of.series()),
            warmMillis,
            millis,
            rescaled);
    Request request =
        request(of, run, "observations-" + of.series(), plan.checkpointInterval, throughput);
    Report.Repetition repetition = processes.get(of.pipeline()).ask(request);
    deleteTopics(run);
    return repetition;
  }

  /**
   * Measures pipelines at the same load: half of what the slowest sustains while the machine also
   * makes the load and reads the forecasts, and half of that again while one does not keep up.
   *
   * @param together the slowest first
   */
  private void latencies(List<BenchCase> together) throws Exception {
    Map<BenchCase, Latency> latencies = new LinkedHashMap<>();
    double rate = rates.getOrDefault(together, 0.0);
    for (int i = 0; i < together.size() && !isOver(QUICK_LATENCY_NANOS); ) {
      BenchCase of = together.get(i);
      long from = System.nanoTime();
      String run = "bench-" + ++runs;
      String input = run + "-observations";
      topics.create(input, plan.tasks, Map.of());
      JobProcess process = processes.get(of.pipeline());
      process.ask(request(of, run, input, LatencyProbe.CHECKPOINT_INTERVAL, null));
      LoadGenerator load = new LoadGenerator(of.series(), plan.hotKey, plan.zipf);
      Latency latency;
      try (LatencyProbe probe =
          new LatencyProbe(bootstrapServers, input, run + "-forecasts", load)) {
        probe.fill(plan.full(of.series()));
        rate = rate == 0 ? probe.halfOfMost() : rate;
        latency = probe.measure(rate, Math.min(plan.window.toMillis(), LATENCY_MILLIS));
      } catch (Exception e) {
        process.ask(null); // throws the reason if the job has failed
        throw e;
      }
      process.ask(null);
      deleteTopics(run);
      if (latency != null) {
        latencies.put(of, latency);
        tell(from, "%s: at %,.0f records/s %s".formatted(of, rate, latency.latencyMs()));
        i++;
      } else {
        progress.accept(
            "%s: %,.0f records/s are more than this machine keeps up with".formatted(of, rate),
            (double) step / steps);
        if (rate <= 1) {
          throw new IOException(of + ": expected it to keep up with one record a second");
        }
        rate = Math.max(1, Math.rint(rate / 2));
        steps += latencies.size();
        latencies.clear(); // all of them again
        i = 0;
      }
    }
    rates.put(together, rate);
    latencies.forEach(report::add);
  }

  private Request request(
      BenchCase of, String run, String input, Duration checkpointInterval, Throughput throughput)
      throws IOException {
    Path job = folder.resolve(run + ".yaml");
    Files.writeString(
        job, of.pipeline().jobFile(run, bootstrapServers, input, of.mode(), network(of.mode())));
    Map<String, String> flink = new HashMap<>();
    flink.put("state.backend.type", of.backend().name());
    flink.put("execution.checkpointing.incremental", "true");
    flink.put("execution.checkpointing.interval", checkpointInterval.toMillis() + " ms");
    flink.put("parallelism.default", Integer.toString(plan.tasks));
    flink.putAll(plan.flink);
    return new Request(job.toString(), plan.jobOptions(), flink, throughput);
  }

  private Path network(Mode mode) {
    return folder.resolve("bench-" + mode.label() + ".safetensors");
  }

  /** Deletes the topics of a run, which take gigabytes. */
  private void deleteTopics(String run) throws Exception {
    List<String> all = List.copyOf(admin.listTopics().names().get());
    admin
        .deleteTopics(all.stream().filter(topic -> topic.startsWith(run + "-")).toList())
        .all()
        .get();
  }

  private boolean isOver(long nanos) {
    return plan.quick && System.nanoTime() - start > nanos;
  }

  private void tell(long from, String what) {
    step++;
    long now = System.nanoTime();
    progress.accept(
        "%d of %d: %s (%.0f s); about %.0f s left"
            .formatted(
                step, steps, what, (now - from) / 1e9, (now - start) / 1e9 / step * (steps - step)),
        (double) step / steps);
  }

  @Override
  public void close() {
    processes.values().forEach(JobProcess::close);
    topics.close();
    admin.close(Duration.ZERO);
  }
}
