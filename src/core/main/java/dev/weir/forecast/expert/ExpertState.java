package dev.weir.forecast.expert;

import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.DoubleSlice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;

/**
 * What an expert has learned of one series: a slice of the series' doubles, one of its floats and
 * one of its 16-bit numbers. Reused, so it is valid during one call only.
 */
public final class ExpertState {

  private final DoubleSlice doubles;
  private final FloatSlice floats;
  private final Bfloat16Slice shorts;

  public ExpertState(DoubleSlice doubles, FloatSlice floats, Bfloat16Slice shorts) {
    this.doubles = doubles;
    this.floats = floats;
    this.shorts = shorts;
  }

  /** Declares what an expert keeps. */
  public ExpertState(Slots slots, Expert expert) {
    this(
        slots.doubles("doubles", expert::doubles),
        slots.floats("floats", expert::floats),
        slots.bfloats("shorts", expert::shorts));
  }

  /** As many doubles as {@link Expert#doubles} says. */
  public DoubleSlice doubles() {
    return doubles;
  }

  /** As many floats as {@link Expert#floats} says. */
  public FloatSlice floats() {
    return floats;
  }

  /** As many 16-bit numbers as {@link Expert#shorts} says. */
  public Bfloat16Slice shorts() {
    return shorts;
  }
}
