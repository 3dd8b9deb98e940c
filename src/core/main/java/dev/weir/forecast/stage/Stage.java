package dev.weir.forecast.stage;

/**
 * One step on the way from the experts' forecasts to the one that is given out. It is one class: it
 * declares what it keeps of a series in its constructor (see {@link dev.weir.forecast.slot.Slots}),
 * learns from what came true, and changes the {@link Draft} of the next forecast. What it adds is
 * what an explanation shows under its name.
 *
 * <pre>{@code
 * final class Bias implements Stage {
 *   private final FloatSlice mean;
 *
 *   Bias(Slots slots) {
 *     this.mean = slots.in("bias").floats("mean error", 1);
 *   }
 *
 *   public String name() {
 *     return "bias";
 *   }
 *
 *   public void learn(Row row, Outcome outcome) {
 *     mean.add(0, 0.01f * (float) (outcome.error() - mean.get(0)));
 *   }
 *
 *   public void make(Row row, Draft draft) {
 *     for (int i = 0; i < draft.value.length; i++) {
 *       draft.value[i] += mean.get(0);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>All that is learned of a series is in slots; fields hold settings and scratch. Nothing is
 * allocated for a value, and nothing depends on the clock. Not thread-safe.
 */
public interface Stage {

  /** What explanations call what it adds. */
  String name();

  /** Prepares a state of zeros; the next value has the given index. */
  default void reset(long index) {}

  /** Prepares slots that were cleared for a new season. */
  default void resetSeason() {}

  /**
   * Says when the value at an index is, and so those around it.
   *
   * @param time in milliseconds
   * @param spacing milliseconds from one value to the next; 0 if they are irregular
   */
  default void clock(long index, long time, long spacing) {}

  /** Begins with the next value, before {@link #learn}; it is not in the history yet. */
  default void begin(Row row) {}

  /** Learns from the next value about one open forecast of it; of followed steps, ascending. */
  default void learn(Row row, Outcome outcome) {}

  /** Ends what {@link #begin} began. */
  default void finish(Row row) {}

  /** Changes the forecast that is being made at the newest value. */
  void make(Row row, Draft draft);

  /** Goes past a newest value that was missing: no forecast is made at it. */
  default void skip(Row row) {}
}
