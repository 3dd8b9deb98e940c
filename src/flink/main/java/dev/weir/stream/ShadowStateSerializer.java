package dev.weir.stream;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.contest.ShadowState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializes what is kept of a series' forecasts by networks that compete. */
final class ShadowStateSerializer extends StateSerializer<ShadowState> {

  private static final long serialVersionUID = 1L;

  static final ShadowStateSerializer INSTANCE = new ShadowStateSerializer();

  private ShadowStateSerializer() {
    super(
        (byte) 1,
        (state, target) -> state.fields(StateFields.writer(target)),
        source -> new ShadowState().fields(StateFields.reader(source)),
        ShadowState::copy);
  }

  @Override
  public TypeSerializerSnapshot<ShadowState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ShadowState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
