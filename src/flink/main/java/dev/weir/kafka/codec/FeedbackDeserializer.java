package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.FeedbackEvent.Kind;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.Json;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.IOException;
import java.util.regex.Matcher;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns the records of the feedback topic into {@link FeedbackEvent}s. They are JSON, as {@link
 * FeedbackRecords} writes it.
 */
public final class FeedbackDeserializer extends RecordDeserializer<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final boolean areSeveral;

  /**
   * @param type Flink's type of an input event; null outside of a job
   * @param areSeveral whether series have several targets, each with incidents of its own
   */
  public FeedbackDeserializer(TypeInformation<InputEvent> type, boolean areSeveral) {
    super("feedback", type, null, null);
    this.areSeveral = areSeveral;
  }

  @Override
  protected void open() {
    // nothing to prepare
  }

  @Override
  protected InputEvent read(SourceRecord source) throws MalformedRecordException {
    JsonNode node;
    try {
      node = Json.RECORDS.readTree(source.value());
    } catch (IOException e) {
      throw new MalformedRecordException(
          "feedback: expected a JSON object, got " + Json.complaint(e), e);
    }
    String series = LabelCodec.text(node, "series");
    if (LabelDeserializer.isWrong(series, Observation.MAX_SERIES_LENGTH)) {
      return new DeadLetter(
          Reason.SERIES,
          LabelDeserializer.wrong("series", series, Observation.MAX_SERIES_LENGTH),
          source);
    }
    String note = node.hasNonNull("note") ? LabelCodec.text(node, "note") : "";
    if (!note.isEmpty() && LabelDeserializer.isWrong(note, FeedbackEvent.MAX_NOTE_LENGTH)) {
      return new DeadLetter(
          Reason.FEEDBACK,
          LabelDeserializer.wrong("note", note, FeedbackEvent.MAX_NOTE_LENGTH),
          source);
    }
    Kind kind;
    try {
      kind = Kind.ofLabel(LabelCodec.text(node, "kind"));
    } catch (IllegalArgumentException e) {
      return refused("kind", e.getMessage(), source);
    }
    return kind.isOfIncident()
        ? ofIncident(node, series, kind, note, source)
        : mute(node, series, kind, note, source);
  }

  private InputEvent ofIncident(
      JsonNode node, String series, Kind kind, String note, SourceRecord source)
      throws MalformedRecordException {
    Incident.Reason reason;
    try {
      reason = Incident.Reason.ofEvidence(LabelCodec.text(node, "reason"));
    } catch (IllegalArgumentException e) {
      return refused("reason", e.getMessage(), source);
    }
    long start = LabelCodec.time(node, "start");
    String id = LabelCodec.text(node, "id");
    if (!id.equals(Incident.id(series, start))) {
      return refused("id", "expected that of the series and the start, got another", source);
    }
    return event(series, kind, reason, start, 0, note, source);
  }

  private InputEvent mute(JsonNode node, String series, Kind kind, String note, SourceRecord source)
      throws MalformedRecordException {
    if (kind == Kind.UNMUTE) {
      return event(series, kind, null, 0, 0, note, source);
    }
    long from = node.hasNonNull("from") ? LabelCodec.time(node, "from") : 0;
    long until = LabelCodec.time(node, "until");
    if (until <= from) {
      return refused("until", "expected a time after from, got an earlier one", source);
    }
    return event(series, kind, null, from, until, note, source);
  }

  private FeedbackEvent event(
      String series,
      Kind kind,
      Incident.Reason reason,
      long time,
      long until,
      String note,
      SourceRecord source) {
    Matcher target = areSeveral ? JointForecast.OF_TARGET.matcher(series) : null;
    String observed = target != null && target.matches() ? target.group(1) : series;
    return new FeedbackEvent(observed, series, kind, reason, time, until, note, source);
  }

  private static DeadLetter refused(String field, String problem, SourceRecord source) {
    return new DeadLetter(Reason.FEEDBACK, field + ": " + problem, source);
  }

  @Override
  protected InputEvent check(ObservationEvent mapped) {
    throw new UnsupportedOperationException("expected no mapping of feedback");
  }
}
