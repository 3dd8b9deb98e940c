package dev.weir.stream;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.FeedbackEvent;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.SourceRecord.Header;
import dev.weir.state.RecordSerializer;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes arrivals for the shuffle. */
final class InputEventSerializer extends WeirSerializer<InputEvent> {

  private static final long serialVersionUID = 1L;

  static final InputEventSerializer INSTANCE = new InputEventSerializer();

  private static final RecordSerializer<DeadLetter> LETTERS =
      new RecordSerializer<>(DeadLetter.class);

  private static final byte OBSERVED = 0;
  private static final byte DEAD_LETTER = 1;
  private static final byte LABEL = 2;
  private static final byte MARKED = 3; // an observation that says more
  private static final byte AHEAD = 4; // a marked one with covariates known ahead

  private static final byte PLAIN = 5; // one that follows from its record's value

  private static final byte FEEDBACK = 6;

  /** A name that is not written, since nearly each record has this header and no other. */
  static final String USUAL_HEADER = "weir-schema";

  @Override
  protected void write(InputEvent arrival, DataOutputView target) throws IOException {
    if (arrival instanceof ObservationEvent observed) {
      Observation observation = observed.observation();
      if (PlainObservation.is(observation, observed.source().value())) {
        target.writeByte(PLAIN);
        writeSource(observed.source(), target);
        return;
      }
      byte kind =
          observation.ahead().length > 0 ? AHEAD : observation.label() != null ? MARKED : OBSERVED;
      target.writeByte(kind);
      StringValue.writeString(observation.series(), target);
      target.writeLong(observation.time());
      target.writeDouble(observation.value());
      writeDoubles(observation.features(), target);
      if (kind != OBSERVED) {
        StringValue.writeString(observation.label(), target);
      }
      if (kind == AHEAD) {
        writeDoubles(observation.ahead(), target);
      }
      writeSource(observed.source(), target);
    } else if (arrival instanceof LabelEvent event) {
      target.writeByte(LABEL);
      StringValue.writeString(event.series(), target);
      target.writeLong(event.time());
      StringValue.writeString(event.label(), target);
      writeSource(event.source(), target);
    } else if (arrival instanceof FeedbackEvent event) {
      target.writeByte(FEEDBACK);
      StringValue.writeString(event.series(), target);
      target.writeLong(event.start());
      target.writeByte(event.reason().ordinal());
      writeSource(event.source(), target);
    } else {
      target.writeByte(DEAD_LETTER);
      LETTERS.serialize((DeadLetter) arrival, target);
    }
  }

  @Override
  protected InputEvent read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    if (kind == DEAD_LETTER) {
      return LETTERS.deserialize(source);
    }
    if (kind == PLAIN) {
      SourceRecord record = readSource(source);
      return new ObservationEvent(PlainObservation.of(record.value()), record);
    }
    String series = StringValue.readString(source);
    long time = source.readLong();
    if (kind == LABEL) {
      return new LabelEvent(series, time, StringValue.readString(source), readSource(source));
    }
    if (kind == FEEDBACK) {
      Reason reason = Reason.values()[source.readByte()];
      return new FeedbackEvent(series, reason, time, readSource(source));
    }
    double value = source.readDouble();
    double[] some = readDoubles(source);
    double[] features = some.length == 0 ? Observation.NO_FEATURES : some;
    Observation observation =
        kind == OBSERVED
            ? new Observation(series, time, value, features)
            : new Observation(
                series,
                time,
                value,
                features,
                StringValue.readString(source),
                kind == MARKED ? Observation.NO_FEATURES : readDoubles(source));
    return new ObservationEvent(observation, readSource(source));
  }

  private static void writeSource(SourceRecord record, DataOutputView target) throws IOException {
    StringValue.writeString(record.topic(), target);
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.timestamp());
    writeHeaders(record, target);
    writeBytes(record.value(), target);
    boolean isNamed = PlainObservation.isNamed(record.value(), record.key());
    target.writeBoolean(isNamed);
    if (!isNamed) {
      writeBytes(record.key(), target);
    }
  }

  private static SourceRecord readSource(DataInputView source) throws IOException {
    String topic = StringValue.readString(source);
    int partition = source.readInt();
    long offset = source.readLong();
    long timestamp = source.readLong();
    boolean isUsual = source.readBoolean();
    List<Header> headers =
        isUsual ? List.of(new Header(USUAL_HEADER, readBytes(source))) : readHeaders(source);
    int lost = isUsual ? 0 : source.readInt();
    byte[] value = readBytes(source);
    byte[] key = source.readBoolean() ? PlainObservation.name(value) : readBytes(source);
    return new SourceRecord(topic, partition, offset, timestamp, headers, lost, key, value);
  }

  private static void writeHeaders(SourceRecord record, DataOutputView target) throws IOException {
    List<Header> headers = record.headers();
    boolean isUsual =
        headers.size() == 1
            && record.headersLost() == 0
            && headers.get(0).name().equals(USUAL_HEADER);
    target.writeBoolean(isUsual);
    if (isUsual) {
      writeBytes(headers.get(0).value(), target);
      return;
    }
    target.writeInt(headers.size());
    for (Header header : headers) {
      StringValue.writeString(header.name(), target);
      writeBytes(header.value(), target);
    }
    target.writeInt(record.headersLost());
  }

  private static List<Header> readHeaders(DataInputView source) throws IOException {
    Header[] headers = new Header[source.readInt()];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = new Header(StringValue.readString(source), readBytes(source));
    }
    return List.of(headers);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<InputEvent> {}
}
