package dev.weir.stream.contest;

import dev.weir.forecast.contest.ContestState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializes what is known of networks that compete. */
final class ContestStateSerializer extends StateSerializer<ContestState> {

  private static final long serialVersionUID = 1L;

  static final ContestStateSerializer INSTANCE = new ContestStateSerializer();

  private ContestStateSerializer() {
    super(() -> new ContestState(0), ContestState::fields);
  }

  @Override
  public TypeSerializerSnapshot<ContestState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ContestState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
