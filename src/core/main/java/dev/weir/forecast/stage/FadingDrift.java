package dev.weir.forecast.stage;

import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;

/** Adds the drift, the running mean of what step 1 missed, which fades with the steps ahead. */
public final class FadingDrift implements Stage {

  private static final float RATE = 0.02f;
  private static final double FADING = 0.8; // for a step

  private final FloatSlice drift;

  public FadingDrift(Slots slots) {
    Slots own = slots.in("drift");
    own.depend(RATE);
    this.drift = own.floats("mean error", 1);
  }

  @Override
  public String name() {
    return "drift";
  }

  @Override
  public void learn(Row row, Outcome outcome) {
    if (outcome.step() == 1) {
      drift.add(0, RATE * (float) outcome.error());
    }
  }

  @Override
  public void make(Row row, Draft draft) {
    double amount = drift.get(0);
    for (int i = 0; i < draft.value.length; i++) {
      draft.value[i] += amount;
      amount *= FADING;
    }
  }
}
