package dev.weir.stream;

import dev.weir.forecast.Arrival;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Observed;
import dev.weir.forecast.SourceRecord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Carries arrivals over the shuffle. */
final class ArrivalSerializer extends WeirSerializer<Arrival> {

  private static final long serialVersionUID = 1L;

  static final ArrivalSerializer INSTANCE = new ArrivalSerializer();

  private static final byte OBSERVED = 0;
  private static final byte DEAD_LETTER = 1;

  @Override
  byte version() {
    return 1;
  }

  @Override
  void write(Arrival arrival, DataOutputView target) throws IOException {
    if (arrival instanceof Observed observed) {
      Observation observation = observed.observation();
      target.writeByte(OBSERVED);
      StringValue.writeString(observation.series(), target);
      target.writeLong(observation.time());
      target.writeDouble(observation.value());
      writeDoubles(observation.features(), target);
      writeSource(observed.source(), target);
    } else {
      target.writeByte(DEAD_LETTER);
      writeDeadLetter((DeadLetter) arrival, target);
    }
  }

  @Override
  Arrival read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    if (kind == DEAD_LETTER) {
      return readDeadLetter(source);
    }
    String series = StringValue.readString(source);
    long time = source.readLong();
    double value = source.readDouble();
    double[] features = readDoubles(source);
    Observation observation =
        new Observation(
            series, time, value, features.length == 0 ? Observation.NO_FEATURES : features);
    return new Observed(observation, readSource(source));
  }

  static void writeDeadLetter(DeadLetter letter, DataOutputView target) throws IOException {
    StringValue.writeString(letter.reason().name(), target);
    StringValue.writeString(letter.message(), target);
    writeSource(letter.source(), target);
  }

  static DeadLetter readDeadLetter(DataInputView source) throws IOException {
    DeadLetter.Reason reason = DeadLetter.Reason.valueOf(StringValue.readString(source));
    String message = StringValue.readString(source);
    return new DeadLetter(reason, message, readSource(source));
  }

  static void writeSource(SourceRecord record, DataOutputView target) throws IOException {
    StringValue.writeString(record.topic(), target);
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.timestamp());
    writeBytes(record.key(), target);
    writeBytes(record.value(), target);
  }

  static SourceRecord readSource(DataInputView source) throws IOException {
    return new SourceRecord(
        StringValue.readString(source),
        source.readInt(),
        source.readLong(),
        source.readLong(),
        readBytes(source),
        readBytes(source));
  }

  @Override
  public TypeSerializerSnapshot<Arrival> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Found by its name when a savepoint is restored, so neither may change. */
  public static final class Snapshot extends LayoutSnapshot<Arrival> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
