package dev.weir.job;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.forecast.shared.Fleet;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.codec.IncidentCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A backlog of 21,000 observations without keys in 3 partitions, and what a job makes of it: by
 * default 100 series with 210 values each, whose model the job trains.
 */
final class KeylessBacklog {

  static final int SERIES = 100;
  static final int VALUES = 210;

  /**
   * What a replay wrote.
   *
   * @param late observations that were refused
   * @param incidents as sorted text
   * @param models versions with their weights
   */
  record Result(long late, List<String> incidents, List<String> models) {}

  private KeylessBacklog() {}

  static List<ProducerRecord<byte[], byte[]>> records(String topic, int series, int values)
      throws Exception {
    SplittableRandom random = new SplittableRandom(36);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    double[][] fleet = new double[series][];
    for (int s = 0; s < series; s++) {
      fleet[s] = Fleet.values(s, values);
    }
    for (int t = 0; t < values; t++) {
      boolean isShaken = t > 100 && t % 11 == 0;
      for (Observation o : Fleet.hour(fleet, t)) {
        double value = isShaken && random.nextInt(5) == 0 ? 1.5 * o.value() : o.value();
        Observation each = new Observation(o.series(), o.time(), value, o.features());
        ProducerRecord<byte[], byte[]> record = KafkaFixture.record(topic, random.nextInt(3), each);
        records.add(
            new ProducerRecord<>(
                topic, record.partition(), null, null, record.value(), record.headers()));
      }
    }
    return records;
  }

  /** Reads the topic from its beginning with a job of its own, until it has no more to say. */
  static Result replay(
      KafkaFixture kafka,
      FlinkFixture flink,
      String topic,
      String name,
      int series,
      int parallelism,
      String idleTimeout)
      throws Exception {
    Path model = Files.createTempDirectory("backlog").resolve("fleet.safetensors");
    InProcess.weir(
        "train --epochs 0 --cell gru --num-layers 1 --unidirectional --hidden-size 6 --seq-len 12"
            + " --horizon 2 --seed 7 --out "
            + model);
    Map<String, String> overrides = kafka.learned(name);
    overrides.put("topics.observations", topic);
    overrides.put("topics.alarms", name + ".alarms");
    overrides.put("kafka.group-id", name);
    overrides.put("delivery.guarantee", "at-least-once");
    overrides.put("window.seq-len", Integer.toString(Fleet.SEQ_LEN));
    overrides.put("window.out-of-orderness", "PT10M");
    overrides.put("window.idle-timeout", idleTimeout);
    overrides.put("forecast.many-to-one.model", "fleet");
    overrides.put("forecast.many-to-one.file", model.toString());
    overrides.put("forecast.many-to-one.horizon", Integer.toString(Fleet.HORIZON));
    overrides.put("learning.size", "small");
    overrides.put("learning.shared", "on");
    overrides.put("learning.shared.budget", "1000 %");
    overrides.put("alarms.enabled", "true");
    JobSettings settings = JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides);
    String forecasts = settings.kafka().topics().forecasts();
    String letters = settings.kafka().topics().deadLetters();
    int count = kafka.read(topic).size();
    try (RunningJob job = flink.submit(settings, parallelism, FlinkFixture.NEVER)) {
      job.await()
          .pollInterval(Duration.ofSeconds(1))
          .atMost(Duration.ofMinutes(20))
          .until(
              () ->
                  kafka.read(forecasts).size() + kafka.read(letters).size()
                      >= count - series); // the newest ones wait for later ones
      int[] before = {-1};
      job.await() // the trainer is behind a shuffle of its own
          .pollInterval(Duration.ofSeconds(3))
          .atMost(Duration.ofMinutes(5))
          .until(
              () -> {
                int now = incidents(kafka, name).size() + models(kafka, settings).size();
                boolean isSame = now == before[0];
                before[0] = now;
                return isSame;
              });
    }
    return new Result(kafka.read(letters).size(), incidents(kafka, name), models(kafka, settings));
  }

  private static List<String> incidents(KafkaFixture kafka, String name) throws Exception {
    List<String> incidents = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(name + ".alarms")) {
      Incident incident = new IncidentCodec().decode(record.value());
      incidents.add(incident.toString());
    }
    incidents.sort(null); // series are in any order
    return incidents;
  }

  private static List<String> models(KafkaFixture kafka, JobSettings settings) {
    List<String> models = new ArrayList<>();
    for (ModelTopic.Entry entry :
        new ModelTopic(
                KafkaClients.of(kafka.bootstrapServers()), settings.kafka().topics().models())
            .read()) {
      byte[] weights = new byte[entry.record().getWeights().remaining()];
      entry.record().getWeights().duplicate().get(weights);
      models.add(entry.record().getVersion() + " " + HexFormat.of().formatHex(weights));
    }
    return models;
  }
}
