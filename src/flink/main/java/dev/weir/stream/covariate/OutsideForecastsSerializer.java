package dev.weir.stream.covariate;

import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;

/** Serializes what outside models forecast of a series. */
final class OutsideForecastsSerializer extends StateSerializer<OutsideForecasts> {

  private static final long serialVersionUID = 1L;

  static final OutsideForecastsSerializer INSTANCE = new OutsideForecastsSerializer();

  private OutsideForecastsSerializer() {
    super(OutsideForecasts::new, OutsideForecasts::fields);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<OutsideForecasts> {}
}
