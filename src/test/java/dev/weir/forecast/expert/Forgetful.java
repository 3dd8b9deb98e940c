package dev.weir.forecast.expert;

import java.util.Arrays;

/** An expert that says what its memory says, which turns into NaN once. */
public final class Forgetful implements Expert {

  /** Index of the value at which it does. */
  public static final int BROKEN_AT = 100;

  @Override
  public String name() {
    return "forgetful";
  }

  @Override
  public int doubles(Shape shape) {
    return 1;
  }

  @Override
  public void begin(Shape shape, ExpertState memory) {
    memory.doubles[memory.d] = 5;
  }

  @Override
  public void observe(History history, ExpertState memory) {
    if (history.t() == BROKEN_AT) {
      memory.doubles[memory.d] = Double.NaN;
    }
  }

  @Override
  public void forecast(History history, ExpertState memory, double[] out) {
    Arrays.fill(out, memory.doubles[memory.d]);
  }
}
