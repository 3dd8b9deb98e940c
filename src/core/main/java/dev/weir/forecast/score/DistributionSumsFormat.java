package dev.weir.forecast.score;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link DistributionSums}, independent of the engine that stores them: the number
 * of steps in one byte, 0 for none, -1 before a larger one in two bytes; the number of quantiles;
 * the index of the first value whose forecasts have intervals; the sums. Big-endian.
 */
public final class DistributionSumsFormat {

  private static final int MANY = -1;
  private static final int MAX_STEPS = 1_000;
  private static final int MAX_QUANTILES = 1_000;

  private DistributionSumsFormat() {}

  /**
   * @param sums null for none, which takes one byte
   */
  public static void write(DistributionSums sums, DataOutput target) throws IOException {
    if (sums == null) {
      target.writeByte(0);
      return;
    }
    if (sums.steps() <= Byte.MAX_VALUE) {
      target.writeByte(sums.steps());
    } else {
      target.writeByte(MANY);
      target.writeShort(sums.steps());
    }
    target.writeShort(sums.quantiles());
    target.writeLong(sums.first());
    for (double number : sums.numbers()) {
      target.writeDouble(number);
    }
  }

  /**
   * @return null for none
   * @throws IOException if the bytes end early or are no such sums
   */
  public static DistributionSums read(DataInput source) throws IOException {
    int steps = source.readByte();
    if (steps == 0) {
      return null;
    }
    steps = steps == MANY ? source.readShort() : steps;
    int quantiles = source.readShort();
    if (steps < 1 || steps > MAX_STEPS || quantiles < 1 || quantiles > MAX_QUANTILES) {
      throw new IOException(
          "scores: expected 1 to %d steps of 1 to %d quantiles, got %d of %d"
              .formatted(MAX_STEPS, MAX_QUANTILES, steps, quantiles));
    }
    long first = source.readLong();
    double[] numbers = new double[DistributionSums.size(steps, quantiles)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = source.readDouble();
      if (!(numbers[i] >= 0)) {
        throw new IOException("scores: expected sums of at least 0, got " + numbers[i]);
      }
    }
    return new DistributionSums(steps, quantiles, first, numbers);
  }
}
