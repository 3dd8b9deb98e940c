package dev.weir.forecast.slot;

/** Slots of series without experts, for tests of those who declare them. */
public final class NewSlots {

  private NewSlots() {}

  /** Of any season; far enough for one step ahead. */
  public static Slots declare() {
    return new Slots(season -> new SeriesDimensions(1, season, 8 * season + 5, 0));
  }

  /** Points at a new series, all zeros. */
  public static void bind(Slots slots, int season) {
    Slots.Layout layout = slots.layout(season);
    slots.bind(
        layout,
        new double[layout.doubles()],
        new float[layout.floats()],
        new short[layout.shorts()]);
  }
}
