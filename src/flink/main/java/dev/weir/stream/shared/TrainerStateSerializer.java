package dev.weir.stream.shared;

import dev.weir.forecast.shared.TrainerState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes what a trainer knows. */
final class TrainerStateSerializer extends StateSerializer<TrainerState> {

  private static final long serialVersionUID = 1L;

  static final TrainerStateSerializer INSTANCE = new TrainerStateSerializer();

  private TrainerStateSerializer() {
    super(TrainerState::new, TrainerState::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<TrainerState> {}
}
