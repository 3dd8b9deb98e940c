package dev.weir.forecast.shared;

import dev.weir.forecast.expert.Seeds;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.forecast.window.SequenceWindow;

/**
 * Selects the values that shared learning is trained on. Time is cut into blocks, whose length is
 * the smallest power of two milliseconds with room for two samples (window and horizon) of the
 * series; a hash of series and block selects a share of them. Where blocks begin depends on the
 * series too, so that not all end, and are trained on, at once. So the selection needs no state,
 * and depends on nothing but the series: not on other series, tasks or restarts.
 *
 * <p>One instance for each task; not thread-safe. Allocates for selected values only.
 */
public final class BlockSampler {

  private static final int SAMPLES = 2; // of room in a block
  private static final long HELD_OUT = 10; // one series of so many
  private static final long HELD_OUT_SEED = 0x5ca1ab1eL;
  private static final long OFFSET_SEED = 0x0ddba11L;

  /** Blocks of values that are further apart would overflow: 35 years. */
  private static final long MAX_SPACING = 1L << 40;

  private final int length; // values of a sample: window and horizon
  private final int features;
  private long threshold; // of the hash, of 2^63

  /**
   * @param length values of a sample: window and horizon
   * @param features covariates of each value
   */
  public BlockSampler(int length, int features) {
    this.length = length;
    this.features = features;
  }

  /** Sets the share of the blocks that is selected, from 0 to 1. */
  public void rate(double rate) {
    threshold = rate >= 1 ? Long.MAX_VALUE : (long) (rate * 0x1p63);
  }

  /** Whether a series is held out: compared on, never trained on. One of ten is. */
  public static boolean isHeldOut(String series) {
    long hash = Seeds.number(Seeds.of(series) ^ HELD_OUT_SEED);
    return Long.remainderUnsigned(hash, HELD_OUT) == 0;
  }

  /**
   * The newest value of a window, if its block is selected.
   *
   * @return null if it is not, or nothing is known of the time between two values
   */
  public SampledValue sample(SequenceWindow window) {
    if (threshold == 0) {
      return null;
    }
    long spacing = window.spacing();
    if (spacing <= 0 || spacing > MAX_SPACING) {
      return null;
    }
    int shift = shift(spacing);
    long time = window.origin();
    long seed = Seeds.of(window.series());
    long offset = Seeds.number(seed ^ OFFSET_SEED) & (1L << shift) - 1;
    long block = time + offset >> shift;
    long hash = Seeds.number(seed ^ Seeds.number((block << 6) + shift));
    if (hash >>> 1 >= threshold) {
      return null;
    }
    int newest = window.size() - 1;
    boolean follows = newest > 0 && window.missing() == 0;
    double[] covariates = new double[features];
    for (int f = 0; f < features; f++) {
      covariates[f] = window.feature(newest, f);
    }
    return new SampledValue(
        window.series(),
        ((block + 1) << shift) - offset,
        1L << shift,
        follows ? window.time(newest - 1) : SampledValue.NO_TIME,
        time,
        window.last(),
        covariates);
  }

  /** Of a power of two, so that a block's length is the same while the spacing hardly changes. */
  private int shift(long spacing) {
    return Long.SIZE - Long.numberOfLeadingZeros(SAMPLES * length * spacing - 1);
  }

  /** The fewest values in a block without gaps. */
  static int valuesInBlock(int length) {
    return SAMPLES * length;
  }
}
