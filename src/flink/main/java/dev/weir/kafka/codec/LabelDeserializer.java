package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.ClassifierModel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Turns the records of the labels topic into {@link LabelEvent}s, one for each label. */
public final class LabelDeserializer extends RecordDeserializer<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final Duration maxFuture;
  private transient LabelCodec codec;

  /**
   * @param type Flink's type of an input event
   * @param maxFuture how far ahead of the clock a label's time may be, as that of an observation
   */
  public LabelDeserializer(TypeInformation<InputEvent> type, Duration maxFuture) {
    super("a label", type, null, null);
    this.maxFuture = maxFuture;
  }

  @Override
  protected void open() {
    codec = new LabelCodec();
  }

  @Override
  protected InputEvent read(SourceRecord source) throws MalformedRecordException {
    Label label = codec.decode(source.value());
    DeadLetter problem =
        badText(Reason.SERIES, "series", label.series(), Observation.MAX_SERIES_LENGTH, source);
    problem = problem != null ? problem : badClass(label.label(), source);
    problem = problem != null ? problem : badTime("time", label.time(), maxFuture, source);
    return problem != null
        ? problem
        : new LabelEvent(label.series(), label.time(), label.label(), source);
  }

  /** What is wrong with a class; null if nothing is. */
  static DeadLetter badClass(String label, SourceRecord source) {
    return badText(Reason.LABEL, "label", label, ClassifierModel.MAX_CLASS_LENGTH, source);
  }

  /** What is wrong with a text that names something; null if nothing is. */
  static DeadLetter badText(
      Reason reason, String field, String text, int longest, SourceRecord source) {
    boolean isRight =
        !text.isBlank()
            && text.length() <= longest
            && StandardCharsets.UTF_8.newEncoder().canEncode(text); // no half of a surrogate pair
    if (isRight) {
      return null;
    }
    String message =
        "%s: expected 1 to %d characters of UTF-8, got %s"
            .formatted(field, longest, text.isBlank() ? "none" : text.length());
    return new DeadLetter(reason, message, source);
  }
}
