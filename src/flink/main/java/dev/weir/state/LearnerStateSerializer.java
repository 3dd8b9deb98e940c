package dev.weir.state;

import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerStateFormat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what has been learned of a series, as {@link LearnerStateFormat} defines. */
public final class LearnerStateSerializer extends WeirSerializer<LearnerState> {

  /** Name of the state in Flink, before that of a mode; part of each savepoint. */
  public static final String STATE = "learned-";

  private static final long serialVersionUID = 1L;

  public static final LearnerStateSerializer INSTANCE = new LearnerStateSerializer();

  @Override
  public byte version() {
    return LearnerStateFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(LearnerState memory, DataOutputView target) throws IOException {
    LearnerStateFormat.write(memory, target);
  }

  @Override
  protected LearnerState read(byte version, DataInputView source) throws IOException {
    return LearnerStateFormat.read(source);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public LearnerState copy(LearnerState from) {
    return from.copy();
  }

  @Override
  public TypeSerializerSnapshot<LearnerState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<LearnerState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
