package dev.weir.stream;

import dev.weir.forecast.Classification;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.RecordSerializer;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes output for a sink that is not chained, as in tests and evaluations. */
final class OutputSerializer extends WeirSerializer<Output> {

  private static final long serialVersionUID = 1L;

  static final OutputSerializer INSTANCE = new OutputSerializer();

  private static final List<Class<? extends Record>> RECORDS =
      List.of(
          Forecast.class,
          Score.class,
          Classification.class,
          Incident.class,
          ContestReport.class,
          JointForecast.class);

  // what is no record of plain values, after these
  private static final byte DEAD_LETTER = 100;
  private static final byte LEARNED_MODEL = 101;

  @Override
  protected void write(Output output, DataOutputView target) throws IOException {
    if (output instanceof DeadLetter letter) {
      target.writeByte(DEAD_LETTER);
      InputEventSerializer.writeDeadLetter(letter, target);
    } else if (output instanceof LearnedModel learned) {
      target.writeByte(LEARNED_MODEL);
      writeLearned(learned, target);
    } else {
      target.writeByte(RECORDS.indexOf(output.getClass()));
      RecordSerializer.writeRecord((Record) output, target);
    }
  }

  @Override
  protected Output read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    return switch (kind) {
      case DEAD_LETTER -> InputEventSerializer.readDeadLetter(source);
      case LEARNED_MODEL -> readLearned(source);
      default -> (Output) RecordSerializer.readRecord(RECORDS.get(kind), source);
    };
  }

  private static void writeLearned(LearnedModel learned, DataOutputView target) throws IOException {
    StringValue.writeString(learned.name(), target);
    target.writeLong(learned.version());
    target.writeBoolean(learned.isCopy());
    target.writeLong(learned.time());
    writeBytes(learned.model() == null ? null : ModelFiles.toBytes(learned.model()), target);
  }

  private static LearnedModel readLearned(DataInputView source) throws IOException {
    String name = StringValue.readString(source);
    long version = source.readLong();
    boolean isCopy = source.readBoolean();
    long time = source.readLong();
    byte[] bytes = readBytes(source);
    ForecastModel model =
        bytes == null
            ? null
            : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "learned model");
    return new LearnedModel(name, version, model, isCopy, time);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<Output> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
