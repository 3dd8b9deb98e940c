package dev.weir.cli.alarm;

import dev.weir.cli.console.ForecastLines;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws the values of an incident with plain characters, one column for each. */
final class ValueChart {

  private static final int ROWS = 7;
  private static final int LABEL = 10; // characters in front of the chart
  private static final double GAP = 2.5; // usual distances

  private ValueChart() {}

  /**
   * The chart: {@code *} is a value, {@code O} the worst one, or the one at which a warning was
   * most probable, {@code ~} below it the time from the first to the last surprising value, a
   * column of {@code :} a gap.
   *
   * @param values at least two, oldest first
   */
  static List<String> lines(List<Value> values, Incident incident) {
    double low = values.stream().mapToDouble(Value::value).min().orElseThrow();
    double high = values.stream().mapToDouble(Value::value).max().orElseThrow();
    long usual = usualDistance(values);
    List<char[]> columns = new ArrayList<>();
    StringBuilder below = new StringBuilder();
    long before = values.get(0).time();
    for (Value value : values) {
      if (value.time() - before > GAP * usual) {
        char[] gap = new char[ROWS];
        Arrays.fill(gap, ':');
        columns.add(gap);
        below.append(' ');
      }
      before = value.time();
      char[] column = new char[ROWS];
      Arrays.fill(column, ' ');
      column[row(value.value(), low, high)] = value.time() == incident.worst().time() ? 'O' : '*';
      columns.add(column);
      boolean isIn = value.time() >= incident.start() && value.time() <= incident.end();
      below.append(isIn ? '~' : ' ');
    }
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      StringBuilder line = new StringBuilder();
      for (char[] column : columns) {
        line.append(column[row]);
      }
      String label = row == 0 ? ForecastLines.number(high) : "";
      label = row == ROWS - 1 ? ForecastLines.number(low) : label;
      lines.add(("%" + LABEL + "s |%s").formatted(label, line).stripTrailing());
    }
    lines.add(" ".repeat(LABEL + 2) + below.toString().stripTrailing());
    lines.add(
        "%s%s to %s UTC; O: %s, ~: the incident"
            .formatted(
                " ".repeat(LABEL + 2),
                ForecastLines.minute(values.get(0).time()),
                ForecastLines.minute(before),
                incident.warning() == null ? "most surprising" : "most probable"));
    return lines;
  }

  /** From 0 for the highest value down to the last row for the lowest. */
  private static int row(double value, double low, double high) {
    double share = high > low ? (high / 2 - value / 2) / (high / 2 - low / 2) : 0.5;
    return (int) Math.round(share * (ROWS - 1));
  }

  private static long usualDistance(List<Value> values) {
    long[] distances = new long[values.size() - 1];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = values.get(i + 1).time() - values.get(i).time();
    }
    Arrays.sort(distances);
    return distances[distances.length / 2];
  }
}
