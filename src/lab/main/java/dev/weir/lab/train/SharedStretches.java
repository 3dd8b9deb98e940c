package dev.weir.lab.train;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Finds series that are in part those of others, whatever they are called and on whatever scale
 * they are given: a stretch of {@value #LENGTH} values counts as the same if both are alike after
 * each was shifted and scaled, to four digits. So a network can be kept from seeing what it will be
 * judged by. Stretches of few different values or steps, such as straight lines across gaps, are
 * left out: they are alike by chance.
 */
final class SharedStretches {

  private static final int LENGTH = 16;
  private static final int LEAST_DIFFERENT = 10;
  private static final int LEAST_SHARED = 3;
  private static final double DIGITS = 1e4;

  private final Set<Long> known = new HashSet<>();

  /** Remembers the stretches of a series. */
  void add(double[] values) {
    for (int from = 0; from + LENGTH <= values.length; from++) {
      long hash = hash(values, from);
      if (hash != 0) {
        known.add(hash);
      }
    }
  }

  /** Whether a series has several stretches of those that were added. */
  boolean isKnown(double[] values) {
    int shared = 0;
    for (int from = 0; from + LENGTH <= values.length; from++) {
      if (known.contains(hash(values, from)) && ++shared == LEAST_SHARED) {
        return true;
      }
    }
    return false;
  }

  /** Of one stretch; 0 for one that says nothing. */
  private static long hash(double[] values, int from) {
    double least = Arrays.stream(values, from, from + LENGTH).min().getAsDouble();
    double most = Arrays.stream(values, from, from + LENGTH).max().getAsDouble();
    if (!(most > least)) {
      return 0;
    }
    long[] digits = new long[LENGTH];
    long hash = 1;
    for (int i = 0; i < LENGTH; i++) {
      digits[i] = Math.round((values[from + i] - least) / (most - least) * DIGITS);
      hash = 1_000_003 * hash + digits[i];
    }
    LongStream steps = IntStream.range(1, LENGTH).mapToLong(i -> digits[i] - digits[i - 1]);
    boolean telling =
        Arrays.stream(digits).distinct().count() >= LEAST_DIFFERENT
            && steps.distinct().count() >= LEAST_DIFFERENT;
    return telling ? hash : 0;
  }
}
