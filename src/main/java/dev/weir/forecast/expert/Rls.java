package dev.weir.forecast.expert;

import java.util.Arrays;

/**
 * Recursive least squares with forgetting (Haykin, Adaptive Filter Theory, ch. 10), made robust:
 *
 * <pre>
 * k = P f / (lambda + f'P f)
 * e = target - theta'f, cut at kappa times its running size (Huber)
 * theta += k e
 * P = (P - k f'P) / lambda
 * </pre>
 *
 * While the trace of P is above its limit nothing is forgotten: without that, inputs that do not
 * move let P grow until one new value throws theta away. Only the upper triangle of P is kept.
 *
 * <p>Holds scratch, no state: theta (n), error size (1) and P (n (n + 1) / 2) lie in the caller's
 * array. Allocates nothing.
 */
public final class Rls {

  private final int size;
  private final double lambda;
  private final double ridge;
  private final double kappa;
  private final double traceLimit;
  private final double[] gain; // (size)

  /**
   * @param lambda forgetting, 1 for none
   * @param ridge P starts as the identity divided by this
   * @param kappa errors count up to this many times their running mean size
   */
  public Rls(int size, double lambda, double ridge, double kappa, double traceLimit) {
    this.size = size;
    this.lambda = lambda;
    this.ridge = ridge;
    this.kappa = kappa;
    this.traceLimit = traceLimit;
    this.gain = new double[size];
  }

  public static int doubles(int size) {
    return size + 1 + size * (size + 1) / 2;
  }

  /** Theta to zero, P to its start. */
  public void begin(double[] state, int at) {
    Arrays.fill(state, at, at + size + 1, 0);
    beginCovariance(state, at + size + 1);
  }

  private void beginCovariance(double[] p, int at) {
    Arrays.fill(p, at, at + size * (size + 1) / 2, 0);
    for (int i = 0, diagonal = at; i < size; diagonal += size - i, i++) {
      p[diagonal] = 1 / ridge;
    }
  }

  public double predict(double[] state, int at, double[] features) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += state[at + i] * features[i];
    }
    return sum;
  }

  /** One step. An input that is not finite changes nothing. */
  public void update(double[] state, int at, double[] features, double target) {
    double error = target - predict(state, at, features);
    int p = at + size + 1;
    double quadratic = multiply(state, p, features);
    double denominator = lambda + quadratic;
    if (!(denominator > 0.5 * lambda)
        || !(Math.abs(error) <= Double.MAX_VALUE)
        || denominator > 1e200) {
      if (quadratic < 0) { // rounding has made P indefinite: begin it anew, keep theta
        beginCovariance(state, p);
      }
      return;
    }
    double step = cut(state, at + size, error) / denominator;
    double trace = 0;
    for (int i = 0; i < size; i++) {
      state[at + i] += gain[i] * step;
    }
    for (int i = 0, diagonal = p; i < size; diagonal += size - i, i++) {
      trace += state[diagonal];
    }
    downdate(state, p, 1 / denominator, trace < traceLimit ? 1 / lambda : 1);
  }

  /** gain = P f; returns f'P f. */
  private double multiply(double[] p, int at, double[] features) {
    Arrays.fill(gain, 0);
    int row = at;
    for (int i = 0; i < size; i++) {
      double feature = features[i];
      double sum = p[row] * feature;
      for (int j = i + 1; j < size; j++) {
        double entry = p[row + j - i];
        sum += entry * features[j];
        gain[j] += entry * feature;
      }
      gain[i] += sum;
      row += size - i;
    }
    double quadratic = 0;
    for (int i = 0; i < size; i++) {
      quadratic += gain[i] * features[i];
    }
    return quadratic;
  }

  private void downdate(double[] p, int at, double inverse, double grow) {
    int row = at;
    for (int i = 0; i < size; i++) {
      double left = gain[i] * inverse;
      for (int j = i; j < size; j++) {
        p[row + j - i] = (p[row + j - i] - left * gain[j]) * grow;
      }
      row += size - i;
    }
  }

  private double cut(double[] state, int at, double error) {
    double spread = state[at];
    double magnitude = Math.abs(error);
    state[at] =
        spread == 0 ? magnitude : spread + 0.01 * (Math.min(magnitude, 5 * spread) - spread);
    return spread > 0 && magnitude > kappa * spread ? Math.copySign(kappa * spread, error) : error;
  }
}
