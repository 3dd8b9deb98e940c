package dev.weir.cli.evaluate;

import dev.weir.cli.grid.FutureRows;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.evaluation.Evaluation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * Series as a source of a job: one value of each in turn, so that all tasks have work. Goes to the
 * task with the job graph, so it holds each number once, although a covariate that is known ahead
 * is in as many observations as a forecast has steps.
 */
final class SeriesGenerator implements GeneratorFunction<Long, InputEvent> {

  private static final long serialVersionUID = 1L;

  private final List<Series> series = new ArrayList<>();
  private final int[] of; // (observations), the series of each
  private final int[] row; // (observations), its row there
  private final int steps;

  /** The columns of one series. */
  private record Series(
      String name, long[] times, double[] values, double[][] features, double[][] ahead)
      implements Serializable {

    private static final long serialVersionUID = 1L;

    static Series of(Grid grid) {
      List<Observation> rows = grid.rows();
      List<Observation> known = rows.subList(0, FutureRows.values(rows));
      return new Series(
          rows.get(0).series(),
          IntStream.range(0, known.size()).mapToLong(grid::jobTime).toArray(),
          known.stream().mapToDouble(Observation::value).toArray(),
          known.stream().map(Observation::features).toArray(double[][]::new),
          rows.stream().map(Observation::ahead).toArray(double[][]::new));
    }
  }

  /**
   * @param all not empty, with the covariates of each row's own time; of {@link FutureRows} and of
   *     missing rows, these alone count
   * @param steps how far ahead those that are known ahead are known
   */
  SeriesGenerator(List<Grid> all, int steps) {
    this.steps = steps;
    int count = 0;
    for (Grid grid : all) {
      Series one = Series.of(grid);
      series.add(one);
      count += one.times().length - grid.missing().cardinality();
    }
    of = new int[count];
    row = new int[count];
    int next = 0;
    for (int i = 0; next < count; i++) {
      for (int s = 0; s < series.size(); s++) {
        if (i < series.get(s).times().length && !all.get(s).isMissing(i)) {
          of[next] = s;
          row[next++] = i;
        }
      }
    }
  }

  /** How many observations there are. */
  int size() {
    return of.length;
  }

  @Override
  public InputEvent map(Long index) {
    int i = Math.toIntExact(index);
    Series one = series.get(of[i]);
    int at = row[i];
    Observation observation =
        new Observation(
            one.name(),
            one.times()[at],
            one.values()[at],
            one.features()[at],
            null,
            false,
            Evaluation.knownAhead(one.ahead(), at, steps));
    return new ObservationEvent(observation, source(one.name(), at + 1));
  }

  static SourceRecord source(String name, int line) {
    return new SourceRecord(name, 0, line, -1, null, null);
  }
}
