package dev.weir.forecast.stage;

import dev.weir.forecast.Explanation;

/** Keeps the forecast within its bounds; see {@link dev.weir.forecast.Bounds}. */
public final class Limits implements Stage {

  @Override
  public String name() {
    return Explanation.OTHER;
  }

  @Override
  public void make(Row row, Draft draft) {
    row.bounds().apply(draft.value, draft.anchor);
  }
}
