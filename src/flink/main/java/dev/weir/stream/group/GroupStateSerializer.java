package dev.weir.stream.group;

import dev.weir.forecast.alarm.GroupState;
import dev.weir.forecast.alarm.GroupStateFormat;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what is known of a group. */
final class GroupStateSerializer extends WeirSerializer<GroupState> {

  private static final long serialVersionUID = 1L;

  static final GroupStateSerializer INSTANCE = new GroupStateSerializer();

  @Override
  public byte version() {
    return 1;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(GroupState state, DataOutputView target) throws IOException {
    GroupStateFormat.write(state, target);
  }

  @Override
  protected GroupState read(byte version, DataInputView source) throws IOException {
    return GroupStateFormat.read(source);
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public GroupState copy(GroupState from) {
    return from.copy();
  }

  @Override
  public TypeSerializerSnapshot<GroupState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<GroupState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
