package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * Rows of a CSV file in their order, each with the covariates of the rows of its series that come
 * after it: what a forecast of those covariates would have said, had it been right. A row waits
 * until those are read, or until so many rows were read that its series has ended.
 */
public final class KnownAhead {

  public static final int MAX_STEPS = ForecastModel.MAX_HORIZON;

  private static final int MAX_WAITING = 1_000_000; // about 250 MB

  private final SeriesCsv csv;
  private final int steps;
  private final int maxWaiting;
  private final Queue<Observation> waiting = new ArrayDeque<>(); // in the file's order
  private final Map<String, Queue<Observation>> bySeries = new HashMap<>();
  private final Set<String> ended = new HashSet<>(); // series whose rows did not wait for more
  private boolean isAtEnd;

  /**
   * @param csv whose rows have covariates of their own time
   * @param steps how far ahead they are known; 0: they are left out
   */
  public KnownAhead(SeriesCsv csv, int steps) {
    this(csv, steps, MAX_WAITING);
  }

  KnownAhead(SeriesCsv csv, int steps, int maxWaiting) {
    this.csv = csv;
    this.steps = steps;
    this.maxWaiting = maxWaiting;
  }

  /**
   * The next observation, or null at the end.
   *
   * @throws IOException also if a series goes on after more rows than may wait
   */
  public Observation next() throws IOException {
    while (!isAtEnd && waiting.size() < maxWaiting && !isKnown(waiting.peek())) {
      Observation read = csv.next();
      isAtEnd = read == null;
      if (isAtEnd) {
        break;
      }
      if (ended.contains(read.series())) {
        throw new IOException(
            "%s: series %s: expected its next %d rows within %,d rows, got one later; sort the file by time"
                .formatted(csv.place(), Printable.line(read.series()), steps, maxWaiting));
      }
      waiting.add(read);
      bySeries.computeIfAbsent(read.series(), series -> new ArrayDeque<>()).add(read);
    }
    Observation o = waiting.poll();
    if (o == null) {
      return null;
    }
    Queue<Observation> rows = bySeries.get(o.series());
    rows.remove(); // which is o
    if (!isAtEnd && rows.size() < steps) {
      ended.add(o.series());
    }
    double[] ahead =
        rows.stream().limit(steps).flatMapToDouble(row -> Arrays.stream(row.ahead())).toArray();
    return new Observation(o.series(), o.time(), o.value(), o.features(), o.label(), ahead);
  }

  private boolean isKnown(Observation row) {
    return row != null && bySeries.get(row.series()).size() > steps;
  }
}
