package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.forecast.shared.BlockSampler;
import dev.weir.forecast.shared.Fleet;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.BufferedWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How good a model becomes that a job learns from random weights, beside one that {@code weir
 * train} makes of the same values, and what it costs.
 */
@Tag("slow")
@Timeout(value = 1200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedLearningAccuracyIT {

  private static final int SERIES = 400;
  private static final int VALUES = 2_000;
  private static final int AFTER = 300; // values of each series that nobody learns from
  private static final String NETWORK =
      "--cell gru --num-layers 1 --unidirectional --hidden-size 16 --seq-len 12 --horizon 2 --name fleet";

  @TempDir private static Path dir;

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();
  private static Path start;
  private static double[][] fleet;

  @BeforeAll
  static void start() throws Exception {
    fleet = new double[SERIES][];
    for (int s = 0; s < SERIES; s++) {
      fleet[s] = Fleet.values(s, VALUES + AFTER);
    }
    start = dir.resolve("start.safetensors");
    train("--epochs 0 --out " + start);
    kafka.create("fleet.observations", 2, Map.of());
    for (int t = 0; t < VALUES; t++) {
      kafka.sendObservations("fleet.observations", Fleet.hour(fleet, t));
    }
  }

  private static void train(String options) {
    InProcess done = InProcess.run(("train " + NETWORK + " " + options).split(" ")).succeeded();
  }

  private static JobSettings settings(String name, String budget) throws Exception {
    Map<String, String> overrides = kafka.overrides(name);
    overrides.put("topics.observations", "fleet.observations");
    overrides.put("window.seq-len", "12");
    overrides.put("forecast.many-to-one.model", "fleet");
    overrides.put("forecast.many-to-one.file", start.toString());
    overrides.put("learning.enabled", "off");
    overrides.put("learning.shared.budget", budget);
    return JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides);
  }

  private static List<ModelTopic.Entry> published(JobSettings settings) {
    return new ModelTopic(
            KafkaClients.of(kafka.bootstrapServers()), settings.kafka().topics().models())
        .read();
  }

  /** Until the last observation has been forecast. */
  private static void awaitEnd(RunningJob job, JobSettings settings) {
    job.await()
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              List<ConsumerRecord<byte[], byte[]>> forecasts =
                  kafka.read(settings.kafka().topics().forecasts());
              return forecasts.size() == SERIES * VALUES;
            });
  }

  /** On held-out series after the stream, divided by that of repeating the last value. */
  private static double error(ForecastModel model) {
    WindowTrainer measured = new WindowTrainer(model);
    float[] weights = WindowTrainer.weights(model);
    double logs = 0;
    int count = 0;
    for (int s = 0; s < SERIES; s++) {
      if (BlockSampler.isHeldOut(Fleet.name(s))) {
        List<Window> windows = new ArrayList<>();
        for (int at = VALUES; at + 14 <= VALUES + AFTER; at++) {
          windows.add(new Window(Arrays.copyOfRange(fleet[s], at, at + 14), new float[0]));
        }
        logs += Math.log(measured.error(windows, weights) / measured.naiveError(windows));
        count++;
      }
    }
    assertThat(count).isGreaterThan(20);
    return Math.exp(logs / count);
  }

  @Test
  void reachesTheAccuracyOfAModelTrainedOffline() throws Exception {
    Path csv = dir.resolve("fleet.csv");
    try (BufferedWriter out = Files.newBufferedWriter(csv)) {
      out.write("series_id,timestamp,value\n");
      for (int t = 0; t < VALUES; t++) {
        for (Observation o : Fleet.hour(fleet, t)) {
          out.write(o.series() + "," + Instant.ofEpochMilli(o.time()) + "," + o.value() + "\n");
        }
      }
    }
    Path offline = dir.resolve("offline.safetensors");
    train("--epochs 5 --input " + csv + " --out " + offline);
    double trained = error(ModelFiles.read(offline, ModelFiles.Defaults.NONE));

    JobSettings settings = settings("fleet-accuracy", "1000 %");
    try (RunningJob job = flink.submit(settings, 2, Duration.ofSeconds(2))) {
      awaitEnd(job, settings);
      job.stop(dir.resolve("savepoints"));
    }
    List<ModelTopic.Entry> versions = published(settings);
    byte[] weights = new byte[versions.get(versions.size() - 1).record().getWeights().remaining()];
    versions.get(versions.size() - 1).record().getWeights().get(weights);
    double learned = error(ModelFiles.fromBytes(weights, ModelFiles.Defaults.NONE, "learned"));
    double random = error(ModelFiles.read(start, ModelFiles.Defaults.NONE));
    System.err.printf(
        "random %.4f, learned by the job %.4f in %d versions, offline %.4f%n",
        random, learned, versions.size(), trained);
    assertThat(random).isBetween(0.999, 1.001);
    assertThat(learned).isLessThan(1.05 * trained);
  }

  @Test
  void costsLessThanItsBudget() throws Exception {
    JobSettings first = settings("fleet-warm-up", "10 %"); // until its code is compiled
    try (RunningJob job = flink.submit(first, 2, Duration.ofSeconds(2))) {
      awaitEnd(job, first);
    }
    JobSettings settings = settings("fleet-budget", "10 %");
    try (RunningJob job = flink.submit(settings, 2, Duration.ofSeconds(2))) {
      awaitEnd(job, settings);
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long trainer = 0;
      long rest = 0;
      for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
        if (thread == null) {
          continue;
        }
        String name = thread.getThreadName();
        long nanos = threads.getThreadCpuTime(thread.getThreadId());
        if (name.startsWith("shared-")) {
          trainer += nanos;
        } else if (name.contains("observations") || name.startsWith("forecast")) {
          rest += nanos;
        }
      }
      System.err.printf(
          "CPU of the trainer %.2f s, of source and forecasts %.2f s: %.1f %%%n",
          trainer / 1e9, rest / 1e9, 100.0 * trainer / rest);
      assertThat(trainer).isPositive();
      assertThat((double) trainer / rest).isLessThan(0.1);
    }
    assertThat(published(settings)).isNotEmpty();
  }
}
