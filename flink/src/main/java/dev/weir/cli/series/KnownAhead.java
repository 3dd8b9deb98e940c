package dev.weir.cli.series;

import dev.weir.forecast.Observation;
import dev.weir.model.ForecastModel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Rows of a CSV file in their order, each with the covariates of the rows of its series that come
 * after it: what a forecast of those covariates would have said, had it been right. A row waits
 * until those are read, so where series come one after another the file is held in memory.
 */
public final class KnownAhead {

  public static final int MAX_STEPS = ForecastModel.MAX_HORIZON;

  private final SeriesCsv csv;
  private final int steps;
  private final Queue<Row> waiting = new ArrayDeque<>(); // in the file's order
  private final Map<String, List<Row>> open = new HashMap<>(); // by series: rows that wait for more
  private boolean isAtEnd;

  /** A row and what is known of its series after it. */
  private static final class Row {
    private final Observation observation;
    private final double[] ahead; // (steps, covariates)
    private int known;

    Row(Observation observation, int steps) {
      this.observation = observation;
      this.ahead = new double[steps * observation.ahead().length];
    }

    void add(double[] covariates) {
      System.arraycopy(covariates, 0, ahead, known, covariates.length);
      known += covariates.length;
    }

    boolean isFull() {
      return known == ahead.length;
    }

    Observation observation() {
      Observation o = observation;
      double[] all = isFull() ? ahead : Arrays.copyOf(ahead, known);
      return new Observation(
          o.series(), o.time(), o.value(), o.features(), o.label(), o.endsWindow(), all);
    }
  }

  /**
   * @param csv whose rows have covariates of their own time
   * @param steps how far ahead they are known; 0: they are left out
   */
  public KnownAhead(SeriesCsv csv, int steps) {
    this.csv = csv;
    this.steps = steps;
  }

  /** The next observation, or null at the end. */
  public Observation next() throws IOException {
    while (!isAtEnd && (waiting.isEmpty() || !waiting.peek().isFull())) {
      Observation read = csv.next();
      if (read == null) {
        isAtEnd = true;
        break;
      }
      List<Row> rows = open.computeIfAbsent(read.series(), series -> new ArrayList<>());
      rows.forEach(row -> row.add(read.ahead()));
      rows.removeIf(Row::isFull);
      Row row = new Row(read, steps);
      waiting.add(row);
      if (!row.isFull()) {
        rows.add(row);
      }
    }
    return waiting.isEmpty() ? null : waiting.remove().observation();
  }
}
