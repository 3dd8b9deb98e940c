package dev.weir.stream;

import dev.weir.forecast.ChampionUpdate;
import dev.weir.forecast.ClassifierUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.model.Mode;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes models from their source to each task. */
final class ModelEventSerializer extends WeirSerializer<ModelEvent> {

  private static final long serialVersionUID = 1L;

  static final ModelEventSerializer INSTANCE = new ModelEventSerializer();

  private static final byte UPDATE = 0;
  private static final byte DEAD_LETTER = 1;
  private static final byte CLASSIFIER = 2;
  private static final byte CHAMPION = 3;

  @Override
  protected void write(ModelEvent arrival, DataOutputView target) throws IOException {
    if (arrival instanceof ModelUpdate update) {
      target.writeByte(UPDATE);
      ForecastModelSerializer.INSTANCE.serialize(update.model(), target);
      InputEventSerializer.writeSource(update.source(), target);
    } else if (arrival instanceof ClassifierUpdate update) {
      target.writeByte(CLASSIFIER);
      ClassifierModelSerializer.INSTANCE.serialize(update.model(), target);
      InputEventSerializer.writeSource(update.source(), target);
    } else if (arrival instanceof ChampionUpdate update) {
      target.writeByte(CHAMPION);
      StringValue.writeString(update.job(), target);
      StringValue.writeString(update.mode().label(), target);
      StringValue.writeString(update.model(), target);
      InputEventSerializer.writeSource(update.source(), target);
    } else {
      target.writeByte(DEAD_LETTER);
      InputEventSerializer.writeDeadLetter((DeadLetter) arrival, target);
    }
  }

  @Override
  protected ModelEvent read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    if (kind == DEAD_LETTER) {
      return InputEventSerializer.readDeadLetter(source);
    }
    if (kind == CLASSIFIER) {
      return new ClassifierUpdate(
          ClassifierModelSerializer.INSTANCE.deserialize(source),
          InputEventSerializer.readSource(source));
    }
    if (kind == CHAMPION) {
      return new ChampionUpdate(
          StringValue.readString(source),
          Mode.ofLabel(StringValue.readString(source)),
          StringValue.readString(source),
          InputEventSerializer.readSource(source));
    }
    return new ModelUpdate(
        ForecastModelSerializer.INSTANCE.deserialize(source),
        InputEventSerializer.readSource(source));
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ModelEvent> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
