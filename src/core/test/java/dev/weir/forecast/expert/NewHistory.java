package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;

/** Makes empty histories of series for tests. */
public final class NewHistory {

  private NewHistory() {}

  public static History of(SeriesDimensions shape) {
    History history =
        new History()
            .attach(
                shape,
                new long[History.LONGS],
                new double[History.DOUBLES],
                new float[History.floats(shape)],
                new short[History.shorts(shape)]);
    history.reset(0);
    return history;
  }
}
