package dev.weir.forecast.expert;

import dev.weir.forecast.slot.SeriesDimensions;
import java.util.Arrays;

/** An expert that says what its state says, which turns into NaN once. */
public final class ForgetfulExpert implements Expert {

  /** Index of the value at which it does. */
  public static final int BROKEN_AT = 100;

  @Override
  public String name() {
    return "forgetful";
  }

  @Override
  public int doubles(SeriesDimensions shape) {
    return 1;
  }

  @Override
  public void reset(SeriesDimensions shape, ExpertState state) {
    state.doubles().set(0, 5);
  }

  @Override
  public void observe(History history, ExpertState state) {
    if (history.t() == BROKEN_AT) {
      state.doubles().set(0, Double.NaN);
    }
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    Arrays.fill(out, state.doubles().get(0));
  }
}
