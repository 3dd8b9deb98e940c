package dev.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.kafka.TopicAdmin;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * The measurement: a broker in a process of its own, a Flink process for each pipeline, and the
 * load generator here. All Flink processes stay up, so that each is as warm in its last repetition
 * as a job that has run for a while; they take turns, so that only one works at a time.
 */
final class Bench implements AutoCloseable {

  private static final long WARM_JVM_MILLIS = 10_000;
  private static final long WARM_MILLIS = 1_000;
  private static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long QUICK_LATENCY_NANOS = TimeUnit.SECONDS.toNanos(165);
  private static final Map<String, String> KEPT = Map.of("retention.ms", "-1");

  private final BenchPlan plan;
  private final Path folder;
  private final long begun = System.nanoTime();
  private final Map<BenchPipeline, BenchProcess> clusters = new EnumMap<>(BenchPipeline.class);
  private final Map<Integer, String> inputs = new HashMap<>(); // topics by series
  private final List<BenchProcess> processes = new CopyOnWriteArrayList<>(); // broker first
  private final Map<List<BenchCase>, Double> loads = new HashMap<>(); // records a second
  private final BenchResult result = new BenchResult();
  private String bootstrapServers;
  private TopicAdmin topics;
  private Admin admin;
  private int runs;
  private final ProgressLine progress = new ProgressLine(0);
  private int steps;
  private int step;

  private Bench(BenchPlan plan, Path folder) {
    this.plan = plan;
    this.folder = folder;
  }

  /** Starts the broker. */
  static Bench start(BenchPlan plan) throws Exception {
    Path folder = TemporaryFolder.create("bench");
    Bench bench = new Bench(plan, folder);
    Runtime.getRuntime().addShutdownHook(new Thread(bench::cleanUp, "clean-up"));
    try {
      BenchProcess broker =
          BenchProcess.start(
              "broker", folder, "512m", List.of("broker", folder.resolve("kafka").toString()));
      bench.processes.add(broker);
      bench.bootstrapServers = broker.answer().get("bootstrap_servers").asText();
      bench.topics = new TopicAdmin(bench.bootstrapServers, Map.of());
      bench.admin =
          Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bench.bootstrapServers));
      return bench;
    } catch (Exception e) {
      bench.close();
      throw e;
    }
  }

  BenchResult run() throws Exception {
    Set<BenchPipeline> pipelines = new LinkedHashSet<>();
    Set<Integer> series = new LinkedHashSet<>();
    for (BenchCase each : plan.cases()) {
      pipelines.add(each.pipeline());
      series.add(each.series());
    }
    for (Mode mode : Mode.values()) {
      BenchLoad.writeModel(model(mode), mode, plan.seed());
    }
    steps =
        series.size()
            + pipelines.size()
            + plan.cases().size() * (plan.repetitions() + plan.latencyRepetitions());
    for (BenchPipeline pipeline : pipelines) { // they start while the topics are filled
      start(pipeline);
    }
    for (int count : series) {
      fill(count);
    }
    for (BenchPipeline pipeline : pipelines) {
      warm(pipeline);
    }
    for (int i = 0; i < plan.repetitions() && !(i > 0 && isOver(QUICK_NANOS)); i++) {
      for (BenchCase each : plan.cases()) {
        long start = System.nanoTime();
        BenchResult.Repetition repetition =
            BenchResult.Repetition.of(measure(each, WARM_MILLIS, plan.windowMillis()));
        result.add(each, repetition);
        tell(
            start,
            "%s: %,.0f records/s, %.2f us of CPU a record"
                .formatted(each, repetition.recordsPerSecond(), repetition.cpuMicros()));
      }
    }
    for (int i = 0; i < plan.latencyRepetitions(); i++) {
      for (List<BenchCase> together : sameLoad()) {
        latencies(together);
      }
    }
    return result;
  }

  /** The pipelines of the same mode, series and backend, the slowest first: it sets the load. */
  private Collection<List<BenchCase>> sameLoad() {
    Map<BenchCase, List<BenchCase>> groups = new LinkedHashMap<>();
    for (BenchCase each : plan.cases()) {
      groups.computeIfAbsent(each.with(BenchPipeline.IDENTITY), any -> new ArrayList<>()).add(each);
    }
    for (List<BenchCase> group : groups.values()) {
      group.sort(
          Comparator.comparingDouble(
              each -> result.median(each, BenchResult.Repetition::recordsPerSecond)));
    }
    return groups.values();
  }

  /**
   * All at the same load: half of the most that the slowest one does while the machine also makes
   * the load and reads the forecasts; at half of that again while one does not keep up.
   */
  private void latencies(List<BenchCase> together) throws Exception {
    Map<BenchCase, BenchLatency.Summary> summaries = new LinkedHashMap<>();
    double rate = loads.getOrDefault(together, 0.0);
    for (int i = 0; i < together.size() && !isOver(QUICK_LATENCY_NANOS); i++) {
      BenchCase of = together.get(i);
      long start = System.nanoTime();
      BenchLatency latency =
          new BenchLatency(
              bootstrapServers,
              new BenchLoad(of.series(), plan.seed(), plan.hotKey()),
              plan.full(of.series()),
              rate);
      BenchLatency.Summary summary = latency(of, latency);
      rate = latency.rate();
      if (summary != null) {
        summaries.put(of, summary);
        tell(
            start,
            "%s: at %,.0f records/s half of them take %.1f ms, 99 of 100 %.1f ms"
                .formatted(of, rate, summary.uncommitted().p50(), summary.uncommitted().p99()));
        continue;
      }
      progress.line("%s: %,.0f records/s are more than this machine keeps up", of, rate);
      if (rate <= 1) {
        throw new IOException(of + ": expected it to keep up with one record a second");
      }
      rate = Math.max(1, Math.rint(rate / 2));
      steps += summaries.size();
      summaries.clear(); // all of them again
      i = -1;
    }
    loads.put(together, rate);
    summaries.forEach(result::add);
  }

  /** Null when that load is more than the machine keeps up with. */
  private BenchLatency.Summary latency(BenchCase of, BenchLatency latency) throws Exception {
    String run = "bench-" + ++runs;
    String input = run + "-observations";
    topics.create(input, 1, KEPT);
    ObjectNode request = request(of, run, input, BenchPlan.LATENCY_CHECKPOINTS.toMillis());
    request.put("paced", true);
    BenchProcess cluster = clusters.get(of.pipeline());
    cluster.ask(request);
    ObjectNode end = new ObjectMapper().createObjectNode().put("end", true);
    BenchLatency.Summary summary;
    try {
      summary = latency.measure(input, run + "-forecasts", plan.latencyMillis());
    } catch (Exception e) {
      cluster.ask(end); // a job that has failed says why
      throw e;
    }
    cluster.ask(end);
    delete(run, input);
    return summary;
  }

  private boolean isOver(long nanos) {
    return plan.quick() && System.nanoTime() - begun > nanos;
  }

  private void fill(int series) throws IOException {
    long start = System.nanoTime();
    String topic = "observations-" + series;
    topics.create(topic, 1, KEPT);
    long count = plan.records(series);
    new BenchLoad(series, plan.seed(), plan.hotKey()).fill(bootstrapServers, topic, count);
    inputs.put(series, topic);
    tell(start, "%,d records of %,d series are in Kafka".formatted(count, series));
  }

  private void start(BenchPipeline pipeline) throws IOException {
    BenchProcess cluster =
        BenchProcess.start(
            pipeline.label,
            folder,
            plan.heap(),
            List.of(
                "flink",
                pipeline.label,
                "taskmanager.numberOfTaskSlots=2", // the second one is for the rescaled job
                "taskmanager.memory.managed.size=512m"));
    processes.add(cluster);
    clusters.put(pipeline, cluster);
  }

  private void warm(BenchPipeline pipeline) throws Exception {
    long start = System.nanoTime();
    clusters.get(pipeline).answer();
    for (BenchCase each : plan.cases()) {
      if (each.pipeline() == pipeline) {
        long window = Math.min(WARM_JVM_MILLIS, 2 * plan.windowMillis());
        measure(each, 0, window);
        break;
      }
    }
    tell(start, pipeline.label + ": its Flink process is up and warm");
  }

  private Path model(Mode mode) {
    return folder.resolve("bench-" + mode.label() + ".safetensors");
  }

  private JsonNode measure(BenchCase of, long warmMillis, long windowMillis) throws Exception {
    String run = "bench-" + ++runs;
    ObjectNode request = request(of, run, inputs.get(of.series()), plan.interval().toMillis());
    request.put("records", plan.records(of.series()));
    request.put("warm_records", plan.warmRecords(of));
    request.put("warm_millis", warmMillis);
    request.put("window_millis", windowMillis);
    request.put("rescale", plan.rescale() && warmMillis > 0); // not while the JVM warms up
    JsonNode answer = clusters.get(of.pipeline()).ask(request);
    delete(run);
    return answer;
  }

  private ObjectNode request(BenchCase of, String run, String input, long intervalMillis)
      throws IOException {
    Path job = folder.resolve(run + ".yaml");
    Files.writeString(
        job, of.pipeline().jobFile(run, bootstrapServers, input, of.mode(), model(of.mode())));
    ObjectNode request = new ObjectMapper().createObjectNode();
    request.put("job", job.toString());
    ObjectNode flink = request.putObject("flink");
    flink.put("state.backend.type", of.backend());
    flink.put("execution.checkpointing.incremental", "true");
    flink.put("execution.checkpointing.interval", intervalMillis + " ms");
    return request;
  }

  /** What a run wrote is of no more use, and gigabytes. */
  private void delete(String run, String... more) throws Exception {
    List<String> names = new ArrayList<>(List.of(more));
    for (String end : List.of("forecasts", "scores", "dead-letters", "models")) {
      names.add(run + "-" + end);
    }
    admin.deleteTopics(names).all().get();
  }

  private void tell(long start, String what) {
    step++;
    long now = System.nanoTime();
    double left = (now - begun) / 1e9 / step * (steps - step);
    progress.step(
        (double) step / steps,
        "%d of %d: %s (%.0f s); about %.0f s left",
        step,
        steps,
        what,
        (now - start) / 1e9,
        left);
  }

  @Override
  public void close() {
    progress.clear();
    if (admin != null) {
      admin.close();
    }
    if (topics != null) {
      topics.close();
    }
    processes.forEach(BenchProcess::close);
    FileUtils.deleteDirectoryQuietly(folder.toFile());
  }

  /** Ctrl-C ends without closing anything: no process is to stay behind, and no gigabytes. */
  private void cleanUp() {
    processes.forEach(BenchProcess::kill);
    FileUtils.deleteDirectoryQuietly(folder.toFile());
  }
}
