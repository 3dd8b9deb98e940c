package dev.weir.kafka.codec;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.RecordParts;
import dev.weir.model.ClassifierModel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the labels topic into {@link InputEvent}s, one for each label; never throws
 * for a record's sake.
 */
public final class LabelDeserializer implements KafkaRecordDeserializationSchema<InputEvent> {

  private static final long serialVersionUID = 1L;

  private final TypeInformation<InputEvent> type;
  private final Duration maxFuture;
  private transient LabelCodec codec;
  private transient RecordParts parts;
  private transient Clock clock;

  /**
   * @param type Flink's type of an input event
   * @param maxFuture how far ahead of the clock a label's time may be, as that of an observation
   */
  public LabelDeserializer(TypeInformation<InputEvent> type, Duration maxFuture) {
    this.type = type;
    this.maxFuture = maxFuture;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    codec = new LabelCodec();
    parts = RecordParts.ofOwn();
    clock = Clock.systemUTC();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<InputEvent> out) {
    read(record, out::collect);
  }

  /** Reads a record, which may have several labels. */
  void read(ConsumerRecord<byte[], byte[]> record, Consumer<InputEvent> out) {
    parts.forEach(DeadLetterCodec.source(record), this::event, out);
  }

  private InputEvent event(SourceRecord source) {
    if (source.value() == null) {
      return new DeadLetter(Reason.NULL_VALUE, "value: expected a label, got null", source);
    }
    LabelCodec.Label label;
    try {
      label = codec.decode(source.value());
    } catch (MalformedRecordException e) {
      String message = "%s (%s)".formatted(e.getMessage(), AvroBounds.describe(source.value()));
      return new DeadLetter(Reason.MALFORMED, message, source);
    }
    if (isWrong(label.series(), Observation.MAX_SERIES_LENGTH)) {
      return new DeadLetter(
          Reason.SERIES, wrong("series", label.series(), Observation.MAX_SERIES_LENGTH), source);
    }
    if (isWrong(label.label(), ClassifierModel.MAX_CLASS_LENGTH)) {
      return new DeadLetter(
          Reason.LABEL, wrong("label", label.label(), ClassifierModel.MAX_CLASS_LENGTH), source);
    }
    if (label.time() < 0 || label.time() > clock.millis() + maxFuture.toMillis()) {
      String message =
          "time: expected 1970 to %s from now, got %s"
              .formatted(maxFuture, Instant.ofEpochMilli(label.time()));
      return new DeadLetter(Reason.TIME, message, source);
    }
    return new LabelEvent(label.series(), label.time(), label.label(), source);
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

  @Override
  public TypeInformation<InputEvent> getProducedType() {
    return type;
  }
}
