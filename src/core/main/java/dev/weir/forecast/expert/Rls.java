package dev.weir.forecast.expert;

import dev.weir.forecast.slot.FloatSlice;
import java.util.Arrays;

/**
 * Recursive least squares with forgetting (Haykin, Adaptive Filter Theory, ch. 10), robust against
 * outliers:
 *
 * <pre>
 * k = P f / (lambda + f'P f)
 * e = target - theta'f, cut at kappa times its running size (Huber)
 * theta += k e
 * P = (P - k f'P) / lambda
 * </pre>
 *
 * While the trace of P is above its limit nothing is forgotten: otherwise P grows with constant
 * inputs until one new value destroys theta. Only the upper triangle of P is kept.
 *
 * <p>Keeps settings and scratch. The given state holds theta (n), the error size (1) and P (n (n +
 * 1) / 2), all as floats; sums are in double precision. Allocates nothing.
 */
public final class Rls {

  private final int size;
  private final double lambda;
  private final double ridge;
  private final double kappa;
  private final double traceLimit;
  private final boolean keepsAbsent;
  private final double[] gain; // (size)

  /** Forgets in all directions alike. */
  public Rls(int size, double lambda, double ridge, double kappa, double traceLimit) {
    this(size, lambda, ridge, kappa, traceLimit, false);
  }

  /**
   * @param lambda forgetting, 1 for none
   * @param ridge P starts as the identity divided by this
   * @param kappa errors count up to this many times their running mean size
   * @param keepsAbsent whether nothing is forgotten of an input that is 0, so that inputs which are
   *     always 0 do not fill the trace
   */
  public Rls(
      int size, double lambda, double ridge, double kappa, double traceLimit, boolean keepsAbsent) {
    this.size = size;
    this.lambda = lambda;
    this.ridge = ridge;
    this.kappa = kappa;
    this.traceLimit = traceLimit;
    this.keepsAbsent = keepsAbsent;
    this.gain = new double[size];
  }

  /** Floats kept. */
  public static int floats(int size) {
    return size + 1 + size * (size + 1) / 2;
  }

  int size() {
    return size;
  }

  /** The coefficient of an input. */
  public double coefficient(FloatSlice state, int i) {
    return state.get(i);
  }

  /** Sets theta to zero and P to its start. */
  public void reset(FloatSlice state) {
    for (int i = 0; i <= size; i++) {
      state.set(i, 0);
    }
    resetCovariance(state);
  }

  private void resetCovariance(FloatSlice state) {
    float[] array = state.array();
    int p = covariance(state);
    Arrays.fill(array, p, p + size * (size + 1) / 2, 0);
    for (int i = 0, diagonal = p; i < size; diagonal += size - i, i++) {
      array[diagonal] = (float) (1 / ridge);
    }
  }

  /** Index of P in the state's array: its loops run over that, as they take most of the time. */
  private int covariance(FloatSlice state) {
    return state.from() + size + 1;
  }

  public double predict(FloatSlice state, double[] features) {
    float[] theta = state.array();
    int from = state.from();
    double even = 0;
    double odd = 0; // two sums, so that not each product waits for the one before
    int i = 0;
    for (; i + 1 < size; i += 2) {
      even += theta[from + i] * features[i];
      odd += theta[from + i + 1] * features[i + 1];
    }
    return even + odd + (i < size ? theta[from + i] * features[i] : 0);
  }

  /** One step. An input that is not finite changes nothing. */
  public void update(FloatSlice state, double[] features, double target) {
    double error = target - predict(state, features);
    double quadratic = multiply(state, features);
    double denominator = lambda + quadratic;
    if (!(denominator > 0.5 * lambda)
        || !(Math.abs(error) <= Double.MAX_VALUE)
        || denominator > 1e200) {
      if (quadratic < 0) { // rounding has made P indefinite: reset it, keep theta
        resetCovariance(state);
      }
      return;
    }
    double step = cut(state, error) / denominator;
    float[] theta = state.array();
    int from = state.from();
    for (int i = 0; i < size; i++) {
      theta[from + i] = (float) (theta[from + i] + gain[i] * step);
    }
    downdate(state, 1 / denominator, trace(state) < traceLimit ? 1 / lambda : 1);
  }

  private double trace(FloatSlice state) {
    double trace = 0;
    for (int i = 0, diagonal = size + 1; i < size; diagonal += size - i, i++) {
      trace += state.get(diagonal);
    }
    return trace;
  }

  /** gain = P f; returns f'P f. Two rows at once, so that their sums do not wait for each other. */
  private double multiply(FloatSlice state, double[] features) {
    Arrays.fill(gain, 0);
    float[] p = state.array();
    int row = covariance(state);
    int i = 0;
    for (; i + 1 < size; i += 2) {
      int next = row + size - i;
      double feature = features[i];
      double second = features[i + 1];
      double between = p[row + 1];
      double sum = p[row] * feature + between * second;
      double sumOfNext = p[next] * second;
      for (int j = i + 2; j < size; j++) {
        double entry = p[row + j - i];
        double below = p[next + j - i - 1];
        sum += entry * features[j];
        sumOfNext += below * features[j];
        gain[j] = gain[j] + entry * feature + below * second;
      }
      gain[i] += sum;
      gain[i + 1] = gain[i + 1] + between * feature + sumOfNext;
      row = next + size - i - 1;
    }
    if (i < size) {
      gain[i] += p[row] * features[i];
    }
    double quadratic = 0;
    for (int k = 0; k < size; k++) {
      quadratic += gain[k] * features[k];
    }
    return quadratic;
  }

  private void downdate(FloatSlice state, double inverse, double grow) {
    float[] p = state.array();
    int row = covariance(state);
    for (int i = 0; i < size; i++) {
      double left = gain[i] * inverse;
      double grown = keepsAbsent && gain[i] == 0 ? 1 : grow;
      for (int j = i; j < size; j++) {
        p[row + j - i] = (float) ((p[row + j - i] - left * gain[j]) * grown);
      }
      row += size - i;
    }
  }

  private double cut(FloatSlice state, double error) {
    double spread = state.get(size);
    double magnitude = Math.abs(error);
    double next =
        spread == 0 ? magnitude : spread + 0.01 * (Math.min(magnitude, 5 * spread) - spread);
    state.set(size, (float) next);
    return spread > 0 && magnitude > kappa * spread ? Math.copySign(kappa * spread, error) : error;
  }
}
