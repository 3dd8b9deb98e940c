package dev.weir.kafka.connector;

import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ObservationJson;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends observations as Avro or JSON, keyed by series so that each series keeps its order. */
public final class ObservationProducer extends SeriesProducer {

  private final ObservationCodec codec;
  private final ObservationJson json; // null: Avro
  private final boolean areTargets;
  private final byte[] fingerprint; // null: the value itself says which schema wrote it
  private final byte[] markedFingerprint = ObservationCodec.markedFingerprint();
  private final byte[] aheadFingerprint = ObservationCodec.aheadFingerprint();

  /** Of plain Avro, without covariates known ahead. */
  public ObservationProducer(KafkaClients clients, String topic) throws IOException {
    this(clients, topic, null, false, 0, List.of());
  }

  /**
   * @param registry where the observations' schema is registered first; null for plain Avro or JSON
   * @param ahead covariates known ahead that an observation may have
   * @param targets of each observation; empty for one value
   */
  public ObservationProducer(
      KafkaClients clients,
      String topic,
      RegistrySettings registry,
      boolean isJson,
      int ahead,
      List<String> targets)
      throws IOException {
    super(clients, topic);
    int count = Math.max(1, targets.size());
    this.json = isJson ? new ObservationJson(ahead, targets) : null;
    this.codec =
        registry == null
            ? new ObservationCodec(ahead, count)
            : ObservationCodec.registered(registry, topic, ahead, count);
    this.areTargets = count > 1;
    this.fingerprint =
        registry != null || isJson
            ? null
            : areTargets ? ObservationCodec.targetsFingerprint() : ObservationCodec.fingerprint();
  }

  /** Whether JSON may have a field of this name that is no target. */
  public static boolean isFieldOfJson(String name) {
    return ObservationJson.isField(name);
  }

  public void send(Observation observation) throws IOException {
    ProducerRecord<byte[], byte[]> record =
        record(
            observation.series(),
            observation.time(),
            json == null ? codec.encode(observation) : json.encode(observation));
    if (fingerprint != null) {
      byte[] schema =
          areTargets
              ? fingerprint
              : observation.ahead().length > 0
                  ? aheadFingerprint
                  : observation.isMarked() ? markedFingerprint : fingerprint;
      record.headers().add(ObservationCodec.fingerprintHeader(), schema);
    }
    send(record);
  }
}
