package dev.weir.stream.group;

import dev.weir.forecast.alarm.GroupState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes what is known of a group. */
final class GroupStateSerializer extends StateSerializer<GroupState> {

  private static final long serialVersionUID = 1L;

  static final GroupStateSerializer INSTANCE = new GroupStateSerializer();

  private GroupStateSerializer() {
    super(GroupState::new, GroupState::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<GroupState> {}
}
