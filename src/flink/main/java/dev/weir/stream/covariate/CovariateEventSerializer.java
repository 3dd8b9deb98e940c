package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.state.RecordSerializer;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes covariates and outside forecasts for the shuffle, and for those that wait. */
final class CovariateEventSerializer extends WeirSerializer<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  static final CovariateEventSerializer INSTANCE = new CovariateEventSerializer();

  private static final byte UPDATE = 0;
  private static final byte DEAD_LETTER = 1;
  private static final byte OUTSIDE = 2;

  private static final RecordSerializer<DeadLetter> LETTERS =
      new RecordSerializer<>(DeadLetter.class);

  @Override
  protected void write(CovariateEvent event, DataOutputView target) throws IOException {
    if (event instanceof CovariateUpdate update) {
      target.writeByte(UPDATE);
      StringValue.writeString(update.group(), target);
      target.writeLong(update.time());
      writeDoubles(update.features(), target);
    } else if (event instanceof OutsideUpdate update) {
      target.writeByte(OUTSIDE);
      StringValue.writeString(update.series(), target);
      StringValue.writeString(update.model(), target);
      target.writeLong(update.issued());
      target.writeInt(update.times().length);
      for (long time : update.times()) {
        target.writeLong(time);
      }
      writeDoubles(update.values(), target);
    } else {
      target.writeByte(DEAD_LETTER);
      LETTERS.serialize((DeadLetter) event, target);
    }
  }

  @Override
  protected CovariateEvent read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    if (kind == DEAD_LETTER) {
      return LETTERS.deserialize(source);
    }
    String name = StringValue.readString(source);
    if (kind == UPDATE) {
      return new CovariateUpdate(name, source.readLong(), readDoubles(source));
    }
    String model = StringValue.readString(source);
    long made = source.readLong();
    long[] times = new long[source.readInt()];
    for (int i = 0; i < times.length; i++) {
      times[i] = source.readLong();
    }
    return new OutsideUpdate(name, model, made, times, readDoubles(source));
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<CovariateEvent> {}
}
