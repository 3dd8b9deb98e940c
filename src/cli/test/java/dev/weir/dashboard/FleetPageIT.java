package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.model.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long the page's answers take over HTTP with very many series, beside the time that it takes
 * to sort as many numbers. With {@code -Dseries=1000000} and 3 GB of heap it prints the figures of
 * docs/page.md.
 */
@Tag("slow")
class FleetPageIT {

  private static final int SERIES = Integer.getInteger("series", 200_000);
  private static final int VALUES = 4;

  @Test
  void answersTakeNoLongerThanToSortAsManyNumbersTwice() throws Exception {
    try (ServedPage page = ServedPage.withRoomFor(SERIES)) {
      long started = System.nanoTime();
      fill(page);
      System.out.printf(
          "%,d records of %,d series taken in %.1f s%n",
          SERIES * (VALUES + 2L), SERIES, (System.nanoTime() - started) / 1e9);
      double sort = fastestSort();
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        started = System.nanoTime();
        page.job.takeSecond();
        seconds.add((System.nanoTime() - started) / 1e6);
      }
      print("what is computed each second", seconds);
      for (String query :
          List.of(
              "/api/job",
              "/api/errors",
              "/api/errors?group=plant-7/",
              "/api/series?sort=worst",
              "/api/series?sort=best&offset=500000&limit=200",
              "/api/series?sort=name&offset=999950",
              "/api/series?sort=recent",
              "/api/series?sort=status",
              "/api/series?sort=recent&status=OK",
              "/api/series?sort=status&status=FALLBACK",
              "/api/series?sort=worst&search=777",
              "/api/series?sort=worst&search=PUMP",
              "/api/series?sort=worst&search=nothing-like-it",
              "/api/series?sort=worst&group=plant-7/",
              "/api/series?sort=worst&group=plant-7/line-3/&search=77")) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          started = System.nanoTime();
          assertThat(page.get(query).statusCode()).isEqualTo(200);
          millis.add((System.nanoTime() - started) / 1e6);
        }
        print(query, millis);
        assertThat(millis.get(0))
            .as("%s: the fastest, since others may wait for a busy machine", query)
            .isLessThan(2 * sort);
      }
    }
  }

  /** Milliseconds. */
  private static double fastestSort() {
    double fastest = Double.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long[] numbers = new SplittableRandom(i).longs(SERIES).toArray();
      long started = System.nanoTime();
      Arrays.sort(numbers);
      fastest = Math.min(fastest, (System.nanoTime() - started) / 1e6);
    }
    return fastest;
  }

  private static void print(String what, List<Double> millis) {
    Collections.sort(millis);
    System.out.printf(
        "%-60s median %4.0f ms, slowest of %d %4.0f ms%n",
        what, millis.get(millis.size() / 2), millis.size(), millis.get(millis.size() - 1));
  }

  private static void fill(ServedPage page) {
    SplittableRandom random = new SplittableRandom(6);
    for (int k : shuffled(random)) {
      String name = "plant-%d/line-%d/pump-%07d".formatted(k % 10, k / 10 % 7, k);
      for (int i = 0; i < VALUES; i++) {
        page.state.takeObservation(
            Records.record(Records.observation(name, 1_000 + i, random.nextDouble())), true, i);
      }
      Forecast.Status status = k % 50 == 0 ? Forecast.Status.FALLBACK : Forecast.Status.OK;
      page.state.takeOutput(
          Records.record(
              Records.forecast(name, Mode.MANY_TO_ONE, 2_000, "demand", 4, status, 7, 9)),
          false,
          random.nextInt(1_000_000));
      page.state.takeOutput(
          Records.record(
              Records.score(name, Mode.MANY_TO_ONE, 2_000, 0.3 + random.nextDouble(), 1, 1.5)),
          false,
          random.nextInt(1_000_000));
    }
  }

  private static int[] shuffled(SplittableRandom random) {
    int[] numbers = new int[SERIES];
    for (int i = 0; i < SERIES; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }
}
