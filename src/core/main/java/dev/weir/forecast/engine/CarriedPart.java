package dev.weir.forecast.engine;

import dev.weir.model.Mode;
import java.io.IOException;

/** Has a mode's network begin each window of a series with what it left after the last one. */
record CarriedPart(Mode mode, ForecastResult result) implements SeriesPart {

  @Override
  public void before(SeriesCall call) throws IOException {
    call.carried = call.series.carried(mode);
  }

  @Override
  public void after(SeriesCall call) {
    result.bytes += call.carried.bytes();
  }

  @Override
  public void drop(SeriesCall call) throws IOException {
    call.series.carried(mode).clear();
  }
}
