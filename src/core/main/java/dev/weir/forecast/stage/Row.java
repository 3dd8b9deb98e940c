package dev.weir.forecast.stage;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewestWeight;

/** A series at the value that is being learned: what all {@link Stage}s may look at. */
public final class Row {

  private static final double[] NONE = {};

  public final History history;
  public final RunningScores scores;
  private long t;
  private int age = NewestWeight.UNCHANGED;
  private double[] ahead = NONE;
  private Bounds bounds = Bounds.NONE;

  public Row(History history, RunningScores scores) {
    this.history = history;
    this.scores = scores;
  }

  /**
   * Goes to a value.
   *
   * @param index its index
   * @param sinceChange values since the series changed, or {@link NewestWeight#UNCHANGED}
   */
  public void moveTo(long index, int sinceChange) {
    t = index;
    age = sinceChange;
  }

  /** Sets what came with the value of the times ahead of it: (steps, columns), row-major. */
  public void ahead(double[] numbers) {
    ahead = numbers;
  }

  /** Bounds all forecasts from now on. */
  public void bounds(Bounds of) {
    bounds = of;
  }

  /** Index of the value: one more than the history's until it is appended. */
  public long t() {
    return t;
  }

  /** Values since the series changed, or {@link NewestWeight#UNCHANGED}. */
  public int age() {
    return age;
  }

  /** What came with the value of the times ahead of it; NaN for nothing. */
  public double[] ahead() {
    return ahead;
  }

  /** What forecasts are given out within. */
  public Bounds bounds() {
    return bounds;
  }
}
