package dev.weir.stream;

import dev.weir.forecast.contest.ShadowState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes what is kept of a series' forecasts by networks that compete. */
final class ShadowStateSerializer extends StateSerializer<ShadowState> {

  private static final long serialVersionUID = 1L;

  static final ShadowStateSerializer INSTANCE = new ShadowStateSerializer();

  private ShadowStateSerializer() {
    super(ShadowState::new, ShadowState::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ShadowState> {}
}
