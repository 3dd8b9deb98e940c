package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes covariates for the shuffle. */
final class CovariateEventSerializer extends WeirSerializer<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  static final CovariateEventSerializer INSTANCE = new CovariateEventSerializer();

  private static final byte UPDATE = 0;
  private static final byte DEAD_LETTER = 1;

  private static final TypeSerializer<InputEvent> LETTERS =
      WeirTypeInformation.INPUT_EVENT.createSerializer(new SerializerConfigImpl());

  @Override
  public byte version() {
    return 1;
  }

  @Override
  protected void write(CovariateEvent event, DataOutputView target) throws IOException {
    if (event instanceof CovariateUpdate update) {
      target.writeByte(UPDATE);
      StringValue.writeString(update.group(), target);
      target.writeLong(update.time());
      writeDoubles(update.features(), target);
    } else {
      target.writeByte(DEAD_LETTER);
      LETTERS.serialize((DeadLetter) event, target);
    }
  }

  @Override
  protected CovariateEvent read(byte version, DataInputView source) throws IOException {
    if (source.readByte() == DEAD_LETTER) {
      return (DeadLetter) LETTERS.deserialize(source);
    }
    return new CovariateUpdate(
        StringValue.readString(source), source.readLong(), readDoubles(source));
  }

  @Override
  public TypeSerializerSnapshot<CovariateEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<CovariateEvent> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
