package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.kafka.wire.Json;
import dev.weir.kafka.wire.MalformedRecordException;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns the records of the feedback topic into {@link FeedbackEvent}s. They are JSON, as {@link
 * FeedbackRecord} writes it.
 */
public final class FeedbackDeserializer extends RecordDeserializer<InputEvent> {

  private static final long serialVersionUID = 1L;

  /**
   * @param type Flink's type of an input event; null outside of a job
   */
  public FeedbackDeserializer(TypeInformation<InputEvent> type) {
    super("feedback", type, null, null);
  }

  @Override
  protected void open() {
    // nothing to prepare
  }

  @Override
  protected InputEvent read(SourceRecord source) throws MalformedRecordException {
    JsonNode node = Json.record("feedback", source.value());
    String series = LabelCodec.text(node, "series");
    DeadLetter problem =
        LabelDeserializer.badText(
            Reason.SERIES, "series", series, Observation.MAX_SERIES_LENGTH, source);
    if (problem != null) {
      return problem;
    }
    Incident.Reason reason;
    try {
      reason = Incident.Reason.ofEvidence(AvroBounds.quoted(LabelCodec.text(node, "reason")));
    } catch (IllegalArgumentException e) {
      return refused("reason", e.getMessage(), source);
    }
    long start = AvroJson.time("start", node.path("start"));
    String id = LabelCodec.text(node, "id");
    if (!id.equals(Incident.id(series, start))) {
      return refused("id", "expected that of the series and the start, got another", source);
    }
    return new FeedbackEvent(series, reason, start, source);
  }

  private static DeadLetter refused(String field, String problem, SourceRecord source) {
    return new DeadLetter(Reason.FEEDBACK, field + ": " + problem, source);
  }
}
