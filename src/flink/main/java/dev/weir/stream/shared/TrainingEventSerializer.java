package dev.weir.stream.shared;

import dev.weir.forecast.shared.TrainingEvent;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ModelFiles;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes samples on their way to the trainer. */
final class TrainingEventSerializer extends WeirSerializer<TrainingEvent> {

  private static final long serialVersionUID = 1L;

  static final TrainingEventSerializer INSTANCE = new TrainingEventSerializer();

  private static final byte VALUE = 0;
  private static final byte MODEL = 1;

  @Override
  protected void write(TrainingEvent event, DataOutputView target) throws IOException {
    if (event instanceof SampledValue value) {
      target.writeByte(VALUE);
      StringValue.writeString(value.series(), target);
      target.writeLong(value.blockEnd());
      target.writeLong(value.blockLength());
      target.writeLong(value.previous());
      target.writeLong(value.time());
      target.writeDouble(value.value());
      writeDoubles(value.features(), target);
      return;
    }
    ActiveModel active = (ActiveModel) event;
    target.writeByte(MODEL);
    target.writeBoolean(active.restored());
    writeBytes(ModelFiles.toBytes(active.model()), target);
  }

  @Override
  protected TrainingEvent read(byte version, DataInputView source) throws IOException {
    if (source.readByte() == VALUE) {
      return new SampledValue(
          StringValue.readString(source),
          source.readLong(),
          source.readLong(),
          source.readLong(),
          source.readLong(),
          source.readDouble(),
          readDoubles(source));
    }
    boolean restored = source.readBoolean();
    return new ActiveModel(
        ModelFiles.fromBytes(readBytes(source), ModelFiles.Defaults.NONE, "active model"),
        restored);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<TrainingEvent> {}
}
