package dev.weir.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SelectionTest {

  private final SplittableRandom random = new SplittableRandom(4);

  @Test
  void selectedPositionsHaveTheNumbersOfASort() {
    for (int i = 0; i < 200; i++) {
      int size = 1 + random.nextInt(3_000);
      int kinds = 1 + random.nextInt(i % 2 == 0 ? 5 : 1_000_000);
      long[] numbers = random.longs(size + 7, 0, kinds).toArray();
      long[] sorted = Arrays.copyOf(numbers, size);
      Arrays.sort(sorted);
      int[] positions = random.ints(3, 0, size).sorted().toArray();
      Selection.select(numbers, size, positions);
      for (int position : positions) {
        assertThat(numbers[position]).isEqualTo(sorted[position]);
      }
      assertThat(LongStream.of(numbers).skip(positions[0]).limit(positions[2] - positions[0] + 1))
          .as("what is between is between them")
          .allMatch(number -> number >= sorted[positions[0]] && number <= sorted[positions[2]]);
    }
  }

  @Test
  void numbersInAnyOrderAreVisitedAFewTimes() {
    int size = 1_000_000;
    long[] shuffled = random.longs(size).toArray();
    long[] ascending = LongStream.range(0, size).toArray();
    long[] descending = LongStream.range(0, size).map(i -> -i).toArray();
    long[] equal = new long[size];
    for (long[] numbers : new long[][] {shuffled, ascending, descending, equal}) {
      assertThat(Selection.select(numbers, size, size / 10, size / 2, size * 9 / 10))
          .isLessThan(8L * size);
    }
  }
}
