package dev.weir.kafka.wire;

import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * Covariates known ahead in Avro: an array with a vector for each step, itself an array of numbers
 * or null. In memory they are (steps, covariates), row-major, NaN for null.
 */
public final class AheadVectors {

  /** Vectors of any length, as long as it is the same within a record. */
  public static final int ANY_LENGTH = -1;

  /** Steps that are kept: as many as the longest forecast may have. */
  public static final int MAX_STEPS = 4096;

  private static final int MAX_COVARIATES = 20;
  private static final double[] NONE = {};

  /** A vector has another length than the job expects. */
  public static final class LengthException extends MalformedRecordException {
    private static final long serialVersionUID = 1L;

    LengthException(int step, int expected, int got) {
      super(
          "features_ahead[%d]: expected %d numbers, as window.features-ahead says, got %d"
              .formatted(step, expected, got));
    }
  }

  private AheadVectors() {}

  /**
   * Reads the vectors; the bytes have passed {@link AvroBounds}. Of more than {@link #MAX_STEPS},
   * which no forecast uses, the rest is checked and not kept: a null takes one byte, its number
   * eight.
   *
   * @param length of each vector, or {@link #ANY_LENGTH}
   * @throws LengthException when a vector has another one
   */
  public static double[] read(Decoder in, int length) throws IOException {
    int limit = MAX_STEPS * (length == ANY_LENGTH ? MAX_COVARIATES : length);
    double[] numbers = NONE;
    int expected = length;
    int count = 0;
    int step = 0;
    for (long steps = in.readArrayStart(); steps != 0; steps = in.arrayNext()) {
      for (long i = 0; i < steps; i++) {
        int start = count;
        for (long n = in.readArrayStart(); n != 0; n = in.arrayNext()) {
          int end = Math.toIntExact(count + n);
          int kept = Math.min(end, limit);
          if (kept > numbers.length) { // doubled: a block for each vector would copy all each time
            numbers = Arrays.copyOf(numbers, Math.max(kept, Math.min(limit, 2 * numbers.length)));
          }
          for (; count < end; count++) {
            double number = AvroBytes.readOptional(in);
            if (count < limit) {
              numbers[count] = number;
            }
          }
        }
        expected = expected == ANY_LENGTH ? count - start : expected;
        if (count - start != expected) {
          throw new LengthException(step, expected, count - start);
        }
        step++;
      }
    }
    int whole = expected < 1 ? 0 : Math.min(count, limit / expected * expected);
    return whole == numbers.length ? numbers : Arrays.copyOf(numbers, whole);
  }

  /**
   * @param numbers (steps, covariates), row-major
   * @param length covariates
   * @throws IllegalArgumentException when the numbers are no whole vectors
   */
  public static void write(double[] numbers, int length, Encoder out) throws IOException {
    if (numbers.length > 0 && (length < 1 || numbers.length % length != 0)) {
      throw new IllegalArgumentException(
          "features_ahead: expected vectors of %d numbers, got %d numbers"
              .formatted(length, numbers.length));
    }
    out.writeArrayStart();
    out.setItemCount(numbers.length == 0 ? 0 : numbers.length / length);
    for (int i = 0; i < numbers.length; i++) {
      if (i % length == 0) {
        out.startItem();
        out.writeArrayStart();
        out.setItemCount(length);
      }
      out.startItem();
      if (Double.isNaN(numbers[i])) {
        out.writeIndex(0);
        out.writeNull();
      } else {
        out.writeIndex(1);
        out.writeDouble(numbers[i]);
      }
      if (i % length == length - 1) {
        out.writeArrayEnd();
      }
    }
    out.writeArrayEnd();
  }
}
