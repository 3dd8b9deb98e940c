package dev.weir.forecast.expert;

import java.util.Arrays;

/** Repeats the newest value, the best forecast of a random walk. */
final class Naive implements Expert {

  @Override
  public String name() {
    return "naive";
  }

  @Override
  public boolean flat() {
    return true;
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    Arrays.fill(out, history.newest());
  }
}
