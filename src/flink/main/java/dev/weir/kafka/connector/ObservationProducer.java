package dev.weir.kafka.connector;

import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ObservationJson;
import java.io.IOException;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends observations as Avro or JSON, keyed by series so that each series keeps its order. */
public final class ObservationProducer extends SeriesProducer {

  private final ObservationCodec codec;
  private final ObservationJson json; // null: Avro
  private final byte[] fingerprint; // null: the value itself says which schema wrote it
  private final byte[] markedFingerprint = ObservationCodec.markedFingerprint();
  private final byte[] aheadFingerprint = ObservationCodec.aheadFingerprint();

  /** Of plain Avro, without covariates known ahead. */
  public ObservationProducer(KafkaClients clients, String topic) throws IOException {
    this(clients, topic, null, false, 0);
  }

  /**
   * @param registry where the observations' schema is registered first; null for plain Avro or JSON
   * @param ahead covariates known ahead that an observation may have
   */
  public ObservationProducer(
      KafkaClients clients, String topic, RegistrySettings registry, boolean isJson, int ahead)
      throws IOException {
    super(clients, topic);
    this.json = isJson ? new ObservationJson(ahead) : null;
    this.codec =
        registry == null
            ? new ObservationCodec(ahead)
            : ObservationCodec.registered(registry, topic, ahead);
    this.fingerprint = registry == null && !isJson ? ObservationCodec.fingerprint() : null;
  }

  public void send(Observation observation) throws IOException {
    ProducerRecord<byte[], byte[]> record =
        record(
            observation.series(),
            observation.time(),
            json == null ? codec.encode(observation) : json.encode(observation));
    if (fingerprint != null) {
      byte[] schema =
          observation.ahead().length > 0
              ? aheadFingerprint
              : observation.label() != null ? markedFingerprint : fingerprint;
      record.headers().add(ObservationCodec.fingerprintHeader(), schema);
    }
    send(record);
  }
}
