package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.rnn.Kernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Vector API finds what plain loops find, to the bit. */
class VectorAnalogsTest {

  @BeforeEach
  void onlyWithTheModule() {
    assumeTrue(Kernels.vectors(), "the module jdk.incubator.vector");
  }

  @ParameterizedTest
  @CsvSource({"16,2", "17,3", "50,12", "333,24", "1090,23", "64,5"})
  void distancesAreThoseOfThePlainPasses(int candidates, int window) {
    Random random = new Random(7);
    int first = window + 4;
    float[] x = new float[first + candidates + 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    int newest = x.length - 1;
    Distances plain = new Distances(false);
    plain.grow(candidates);
    float[] penalty = plain.penalty();
    for (int i = 0; i < candidates; i++) {
      penalty[i] = random.nextFloat();
    }
    plain.measureInPasses(x, newest, first, candidates, window, 0.7f, 0.013f);
    float[] measured = new float[candidates];
    VectorDistances vectors = new VectorDistances();
    vectors.query(x, newest, window, 0.7f, 0.013f);
    vectors.measure(measured, penalty, x, first, candidates);
    assertThat(measured).containsExactly(Arrays.copyOf(plain.distance(), candidates));
  }

  @ParameterizedTest
  @CsvSource({"1090,12,1000000", "1090,30,400", "333,20,50", "61,5,8", "40,30,1000"})
  void theNearestAreFoundInOrderAndOfEqualsTheFirst(int candidates, int wanted, int different) {
    Random random = new Random(different);
    float[] distance = new float[candidates + 5];
    for (int i = 0; i < candidates; i++) {
      distance[i] = random.nextInt(different) / 8f; // the five behind are zeros, nearer than all
    }
    assertNearest(new VectorNearest(wanted), wanted, distance, candidates);
  }

  @Test
  void whereTheLastSearchEndedDoesNotShow() {
    Random random = new Random(3);
    VectorNearest nearest = new VectorNearest(12);
    float[] distance = new float[345];
    for (float scale : new float[] {1, 1e30f, 3e37f, 1e-30f, 1e-42f, 1e-42f, 1e30f, 2, 2.1f}) {
      for (int i = 0; i < distance.length; i++) {
        distance[i] = scale * random.nextFloat();
      }
      assertNearest(nearest, 12, distance, distance.length);
    }
  }

  private static void assertNearest(
      VectorNearest nearest, int wanted, float[] distance, int candidates) {
    double[] best = new double[wanted];
    int[] bestAt = new int[wanted];
    assertThat(nearest.select(distance, candidates, best, bestAt)).isTrue();
    int[] expected =
        IntStream.range(0, candidates)
            .boxed()
            .sorted(Comparator.comparing(i -> distance[i]))
            .limit(wanted)
            .mapToInt(i -> i)
            .toArray();
    assertThat(bestAt).containsExactly(expected);
    for (int k = 0; k < wanted; k++) {
      assertThat(best[k]).isEqualTo(distance[expected[k]]);
    }
  }

  @Test
  void tooManyEqualOnesAndTooFewNumbersAreLeftToThePlainSearch() {
    VectorNearest nearest = new VectorNearest(12);
    assertThat(nearest.select(new float[500], 500, new double[12], new int[12])).isFalse();
    float[] infinite = new float[500];
    Arrays.fill(infinite, Float.POSITIVE_INFINITY);
    Arrays.fill(infinite, 0, 11, 1f);
    infinite[20] = Float.NaN;
    assertThat(nearest.select(infinite, 500, new double[12], new int[12])).isFalse();
  }
}
