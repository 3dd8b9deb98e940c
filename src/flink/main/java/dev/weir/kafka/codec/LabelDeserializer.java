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
    if (isWrong(label.series(), Observation.MAX_SERIES_LENGTH)) {
      return new DeadLetter(
          Reason.SERIES, wrong("series", label.series(), Observation.MAX_SERIES_LENGTH), source);
    }
    if (isWrong(label.label(), ClassifierModel.MAX_CLASS_LENGTH)) {
      return new DeadLetter(
          Reason.LABEL, wrong("label", label.label(), ClassifierModel.MAX_CLASS_LENGTH), source);
    }
    DeadLetter problem = badTime("time", label.time(), maxFuture, source);
    return problem != null
        ? problem
        : new LabelEvent(label.series(), label.time(), label.label(), source);
  }

  static boolean isWrong(String text, int longest) {
    return text.isBlank()
        || text.length() > longest
        || !StandardCharsets.UTF_8.newEncoder().canEncode(text); // half of a pair of surrogates
  }

  static String wrong(String what, String text, int longest) {
    return "%s: expected 1 to %d characters of UTF-8, got %s"
        .formatted(what, longest, text.isBlank() ? "none" : text.length());
  }
}
