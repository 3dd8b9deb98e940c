package dev.weir.rnn;

/**
 * The squashing functions, in a form that the JIT compiler turns into vector code: no branches, no
 * bit casts, one array.
 *
 * <p>tanh is a rational approximation x P(x²)/Q(x²), P and Q of degree 4. The coefficients are our
 * own minimax fit of the relative error on [0, 9.1], by iteratively reweighted (Lawson) linear
 * least squares in float64 on 8,000 points; fit error 2.3e-8. In float32 the rounding of P and Q
 * dominates: at most 2.8e-7 absolute, measured against {@link Math#tanh(double)} (see
 * ActivationTest). NaN stays NaN, an infinity becomes ±1 and -0 stays -0. Beyond |x| = 8 a result
 * may exceed 1 by two roundings (2.4e-7): cutting that off would double the cost, since Java's min
 * and max, which heed NaN and -0, take several instructions each.
 *
 * <p>{@code Math.fma} is one instruction on any x86-64 CPU since 2013 and any ARMv8; elsewhere it
 * would be correct but thousands of times slower.
 */
public final class Activation {

  /**
   * From here on the answer is 1: the approximation gives exactly that here, and then runs away.
   */
  public static final float SATURATION = 8.9f;

  public static final float P0 = 1.0f;
  public static final float P1 = 0.13374475f;
  public static final float P2 = 0.0034878103f;
  public static final float P3 = 2.0481175e-05f;
  public static final float P4 = 1.317751e-08f;
  public static final float Q0 = 1f;
  public static final float Q1 = 0.46707788f;
  public static final float Q2 = 0.025847385f;
  public static final float Q3 = 0.0003272919f;
  public static final float Q4 = 7.7040403e-07f;

  public static final double PRECISE_MOST = 9.02;

  public static final double PRECISE_P1 = 0.14100145003770925;
  public static final double PRECISE_P2 = 0.004427189171625049;
  public static final double PRECISE_P3 = 4.230514907291753e-05;
  public static final double PRECISE_P4 = 1.1135014894141609e-07;
  public static final double PRECISE_P5 = 3.6847264739130375e-11;
  public static final double PRECISE_Q1 = 0.47433478310565086;
  public static final double PRECISE_Q2 = 0.029205450786824072;
  public static final double PRECISE_Q3 = 0.0005010711379992375;
  public static final double PRECISE_Q4 = 2.6067289248880093e-06;
  public static final double PRECISE_Q5 = 2.9574704453751235e-09;

  private Activation() {}

  /** Replaces the first {@code length} values by their tanh. */
  public static void tanh(float[] values, int length) {
    for (int i = 0; i < length; i++) {
      values[i] = tanh(values[i]);
    }
  }

  /**
   * As {@link #tanh(float)}, but rounded to float32 right to the last bit or nearly so, at a higher
   * cost; {@code PreciseTanh} is for many. For training: where tanh saturates, its slope 1 - tanh²
   * is what rounding has left over, times inputs that may be large.
   *
   * <p>In double precision, P and Q of degree 5, fitted in the same way on [0, 9.02], from where on
   * float32 knows only 1; fit error 3.8e-11.
   */
  public static double preciseTanh(double value) {
    double x = value;
    // no min and max: in double precision they cost five times as much as all the rest
    if (x > PRECISE_MOST) {
      x = PRECISE_MOST;
    } else if (x < -PRECISE_MOST) {
      x = -PRECISE_MOST;
    }
    double s = x * x;
    double p = Math.fma(Math.fma(PRECISE_P5, s, PRECISE_P4), s, PRECISE_P3);
    p = Math.fma(Math.fma(Math.fma(p, s, PRECISE_P2), s, PRECISE_P1), s, 1.0);
    double q = Math.fma(Math.fma(PRECISE_Q5, s, PRECISE_Q4), s, PRECISE_Q3);
    q = Math.fma(Math.fma(Math.fma(q, s, PRECISE_Q2), s, PRECISE_Q1), s, 1.0);
    return x * p / q;
  }

  /** Replaces the first {@code length} values by max(0, value). */
  public static void relu(float[] values, int length) {
    for (int i = 0; i < length; i++) {
      values[i] = Math.max(values[i], 0f);
    }
  }

  public static float tanh(float value) {
    return squash(Math.max(-SATURATION, Math.min(SATURATION, value)));
  }

  /**
   * x P/Q in halves that do not wait for each other (Estrin), since a step of a recurrence waits
   * for all of it: 27 cycles instead of 35 where a multiplication takes 4 and the division 11.
   */
  private static float squash(float x) {
    float s = x * x;
    float s2 = s * s;
    float p = Math.fma(P4, s2, Math.fma(P3, s, P2));
    float q = Math.fma(Q4, s2, Math.fma(Q3, s, Q2));
    float numerator = Math.fma(p, x * s2, x * Math.fma(P1, s, P0));
    return numerator / Math.fma(q, s2, Math.fma(Q1, s, Q0));
  }

  /**
   * The logistic function of {@code 2 * half}: weights of gates are halved when they are packed.
   */
  public static float sigmoidFromTanh(float tanhOfHalf) {
    return Math.fma(0.5f, tanhOfHalf, 0.5f);
  }
}
