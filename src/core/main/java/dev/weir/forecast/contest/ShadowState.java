package dev.weir.forecast.contest;

import dev.weir.forecast.StateFields;
import java.io.IOException;

/**
 * What is kept of a series' forecasts by networks that compete: the ones that wait for their truth,
 * and the errors. Mutable, not thread-safe.
 */
public final class ShadowState {

  static final int NOTHING = -1;

  private static final int MAX_NUMBERS = 1 << 20;
  private static final int OVERHEAD = 128; // bytes of the object and its arrays' headers

  long epoch = Long.MIN_VALUE;
  long period = Long.MIN_VALUE;
  int step = NOTHING; // of the forecasts that wait: values that they have met; or nothing waits
  int complete; // forecasts of this period that have met all their values
  long scored; // values, in this epoch
  double[] forecasts = {}; // (models, horizon)
  double[] waiting = {}; // (models), absolute errors of the forecasts that wait
  double[] errors = {}; // (models), those of complete forecasts in this period
  double[] totals = {}; // (models), the same in this epoch

  /** Starts again, with other networks. */
  void start(long newEpoch, int models, int horizon) {
    epoch = newEpoch;
    period = Long.MIN_VALUE;
    step = NOTHING;
    complete = 0;
    scored = 0;
    forecasts = new double[models * horizon];
    waiting = new double[models];
    errors = new double[models];
    totals = new double[models];
  }

  boolean fits(long ofEpoch, int models, int horizon) {
    return epoch == ofEpoch && totals.length == models && forecasts.length == models * horizon;
  }

  /** Mean absolute error of a network since the newest one came; NaN while unknown. */
  public double meanError(int model) {
    return scored == 0 || model >= totals.length ? Double.NaN : totals[model] / scored;
  }

  /** Bytes in memory, about. */
  public int bytes() {
    return OVERHEAD + Double.BYTES * (forecasts.length + 3 * totals.length);
  }

  /** Declares the fields. */
  public ShadowState fields(StateFields fields) throws IOException {
    epoch = fields.number("epoch", epoch);
    period = fields.number("period", period);
    step = fields.number("values met", step);
    complete = fields.number("complete forecasts", complete);
    scored = fields.number("values scored", scored);
    int models = fields.size("models", totals.length, ContestSettings.MAX_MODELS);
    int numbers = fields.size("forecast values", forecasts.length, MAX_NUMBERS);
    if (fields.reads()) {
      forecasts = new double[numbers];
      waiting = new double[models];
      errors = new double[models];
      totals = new double[models];
    }
    fields.numbers("forecasts", forecasts);
    fields.numbers("errors of waiting forecasts", waiting);
    fields.numbers("errors of the period", errors);
    fields.numbers("errors so far", totals);
    if (step < NOTHING || models > 0 && step >= numbers / models) {
      throw new IOException("shadow: expected a step of %d, got %d".formatted(numbers, step));
    }
    return this;
  }
}
