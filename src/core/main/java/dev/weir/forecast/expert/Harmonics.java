package dev.weir.forecast.expert;

/**
 * Sines and cosines of a period: of its frequency, of twice that, and so on. Together with a
 * constant, {@code period - 1} of them describe any course of a period; the first few describe a
 * smooth one.
 *
 * <p>Computed once, the same on each platform, so that a forecast costs no trigonometry. Immutable.
 */
final class Harmonics {

  private final int period;
  private final int count;
  private final double[] cosines; // (period)
  private final double[] sines; // (period)

  /**
   * @param period observations
   * @param pairs of cosine and sine, at most; a short period has fewer different ones
   */
  Harmonics(int period, int pairs) {
    this.period = period;
    this.count = Math.min(2 * pairs, period - 1);
    this.cosines = new double[period];
    this.sines = new double[period];
    for (int phase = 0; phase < period; phase++) {
      double angle = 2 * Math.PI * phase / period;
      cosines[phase] = StrictMath.cos(angle);
      sines[phase] = StrictMath.sin(angle);
    }
  }

  int period() {
    return period;
  }

  /** Writes cos, sin, cos 2, sin 2 ... at the phase of an index, from place {@code at} on. */
  void fill(double[] target, int at, long index) {
    int phase = (int) (index % period);
    for (int k = 0; k < count; k++) {
      int angle = (k / 2 + 1) * phase % period; // no overflow: a few times the longest period
      target[at + k] = k % 2 == 0 ? cosines[angle] : sines[angle];
    }
  }
}
