package dev.weir.stream.contest;

import dev.weir.forecast.contest.ContestState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes what is known of networks that compete. */
final class ContestStateSerializer extends StateSerializer<ContestState> {

  private static final long serialVersionUID = 1L;

  static final ContestStateSerializer INSTANCE = new ContestStateSerializer();

  private ContestStateSerializer() {
    super(() -> new ContestState(0), ContestState::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ContestState> {}
}
