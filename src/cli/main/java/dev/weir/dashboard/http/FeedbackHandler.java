package dev.weir.dashboard.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.dashboard.view.IncidentList;
import dev.weir.forecast.FeedbackEvent.Kind;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.codec.FeedbackRecords;
import dev.weir.kafka.wire.Json;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes {@code {"id": ID, "kind": "dismiss"}} or {@code "confirm"} of an incident that is listed,
 * and writes it to the feedback topic: the only request that changes anything. {@link AccessFilter}
 * lets it through from the page itself only.
 */
final class FeedbackHandler implements Handler {

  static final String PATH = "/api/alarms/feedback";

  private static final Logger LOG = LoggerFactory.getLogger(FeedbackHandler.class);
  private static final int MAX_BYTES = 1_000;
  private static final int PATIENCE_MILLIS = 10_000;

  private final IncidentList incidents; // null without alarms
  private final KafkaClients clients;
  private final String topic;
  private final Semaphore free = new Semaphore(2); // each waits for the brokers

  FeedbackHandler(IncidentList incidents, KafkaClients clients, String topic) {
    this.incidents = incidents;
    this.topic = topic;
    this.clients =
        clients
            .with(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2)
            .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
  }

  @Override
  public void handle(Context context) throws Exception {
    if (incidents == null) {
      throw new NotFoundResponse("alarms: expected a job with alarms: on, got one without");
    }
    JsonNode body = body(context);
    Incident incident = incidents.find(body.path("id").asText());
    if (incident == null) {
      throw new NotFoundResponse("id: expected that of an incident that is listed, got another");
    }
    Kind kind = kind(body.path("kind").asText());
    if (!Reason.OF_EVIDENCE.contains(incident.reason())) {
      throw new BadRequestResponse(
          "id: expected an incident of novelty, level, drift or error, got one of "
              + incident.reason().label());
    }
    write(FeedbackRecords.ofIncident(topic, kind, incident, incident.reason(), ""));
    context.status(204);
  }

  private static JsonNode body(Context context) throws IOException {
    byte[] bytes = context.bodyInputStream().readNBytes(MAX_BYTES + 1);
    try {
      if (bytes.length <= MAX_BYTES) {
        return Json.RECORDS.readTree(bytes);
      }
    } catch (IOException e) {
      LOG.debug("no JSON", e);
    }
    throw new BadRequestResponse(
        "body: expected a JSON object of at most %d bytes, got another".formatted(MAX_BYTES));
  }

  private static Kind kind(String label) {
    for (Kind kind : Kind.values()) {
      if (kind.isOfIncident() && kind.label().equals(label)) {
        return kind;
      }
    }
    throw new BadRequestResponse("kind: expected dismiss or confirm, got another");
  }

  private void write(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    if (!free.tryAcquire()) {
      throw new ServiceUnavailableResponse("feedback: expected few at once, got one more");
    }
    try (Producer<byte[], byte[]> producer =
        clients.producer(record.value().length, Duration.ofMillis(PATIENCE_MILLIS))) {
      FeedbackRecords.send(producer, record);
    } catch (IOException e) {
      LOG.warn("feedback was not written", e);
      throw new ServiceUnavailableResponse(
          "topic %s: expected it to take a record, got a failure; the log says which"
              .formatted(topic));
    } finally {
      free.release();
    }
  }
}
