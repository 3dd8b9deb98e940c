package dev.weir.kafka.connector;

import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.AvroJson;
import java.io.IOException;

/** Sends outside forecasts as plain Avro or JSON. */
public final class OutsideProducer extends SeriesProducer {

  private final AvroJson json; // null: Avro

  public OutsideProducer(KafkaClients clients, String topic, boolean isJson) {
    super(clients, topic);
    this.json = isJson ? new AvroJson(OutsideForecast.getClassSchema()) : null;
  }

  /**
   * @param forecast that says when it was made
   */
  public void send(OutsideForecast forecast) throws IOException {
    byte[] avro = AvroBytes.of(forecast);
    send(
        record(
            forecast.getSeries(),
            forecast.getMade().toEpochMilli(),
            json == null ? avro : json.toJson(avro)));
  }
}
