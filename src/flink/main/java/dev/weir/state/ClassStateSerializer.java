package dev.weir.state;

import dev.weir.classify.series.ClassState;
import dev.weir.classify.series.ClassStateFormat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what is known of a series that is classified, as {@link ClassStateFormat} defines. */
public final class ClassStateSerializer extends WeirSerializer<ClassState> {

  private static final long serialVersionUID = 1L;

  public static final ClassStateSerializer INSTANCE = new ClassStateSerializer();

  @Override
  public byte version() {
    return ClassStateFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(ClassState state, DataOutputView target) throws IOException {
    ClassStateFormat.write(state, target);
  }

  @Override
  protected ClassState read(byte version, DataInputView source) throws IOException {
    return ClassStateFormat.read(source);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public ClassState copy(ClassState from) {
    return new ClassState(from);
  }

  @Override
  public TypeSerializerSnapshot<ClassState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ClassState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
