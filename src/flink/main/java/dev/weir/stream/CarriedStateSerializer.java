package dev.weir.stream;

import dev.weir.forecast.network.CarriedState;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes the hidden state with which a network begins the next window of a series. */
final class CarriedStateSerializer extends StateSerializer<CarriedState> {

  private static final long serialVersionUID = 1L;

  static final CarriedStateSerializer INSTANCE = new CarriedStateSerializer();

  private CarriedStateSerializer() {
    super(CarriedState::new, CarriedState::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<CarriedState> {}
}
