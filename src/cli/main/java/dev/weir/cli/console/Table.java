package dev.weir.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Columns that are declared once, from which aligned text, CSV and JSON follow. A value is null if
 * a row has none: {@code -} in text, empty in CSV, absent in JSON. A number that is not finite is
 * the same, but null in JSON.
 */
public final class Table<R> {

  /**
   * @param title in text; null: not in text
   * @param key in CSV and JSON; null: in text only
   * @param format in text; null: as it is, flush left
   */
  private record Column<R>(String title, String key, String format, Function<R, ?> value) {}

  private final List<Column<R>> columns = new ArrayList<>();

  /** Adds a column that is everywhere; without a format its text is flush left. */
  public Table<R> column(String title, String key, String format, Function<R, ?> value) {
    columns.add(new Column<>(title, key, format, value));
    return this;
  }

  /** Adds a column of the text. */
  public Table<R> text(String title, String format, Function<R, ?> value) {
    return column(title, null, format, value);
  }

  /** Adds a column of CSV and JSON. */
  public Table<R> data(String key, Function<R, ?> value) {
    return column(null, key, null, value);
  }

  /** A value as text. */
  public static String cell(String format, Object value) {
    boolean isKnown = !(value instanceof Double number) || Double.isFinite(number);
    return value == null || !isKnown
        ? "-"
        : format == null ? value.toString() : String.format(format, value);
  }

  private List<Column<R>> shown() {
    return columns.stream().filter(column -> column.title != null).toList();
  }

  private List<Column<R>> data() {
    return columns.stream().filter(column -> column.key != null).toList();
  }

  /** Titles of the text. */
  public List<String> titles() {
    return shown().stream().map(Column::title).toList();
  }

  /** A row of the text. */
  public List<String> cells(R row) {
    return shown().stream().map(one -> cell(one.format, one.value.apply(row))).toList();
  }

  /** Titles and rows as aligned lines. */
  public String text(List<R> rows) {
    List<List<String>> all = new ArrayList<>(List.of(titles()));
    rows.forEach(row -> all.add(cells(row)));
    List<Column<R>> shown = shown();
    int[] widths = new int[shown.size()];
    for (List<String> cells : all) {
      Arrays.setAll(widths, i -> Math.max(widths[i], cells.get(i).length()));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> cells : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - cells.get(i).length());
        line.append(shown.get(i).format == null ? cells.get(i) + padding : padding + cells.get(i));
        line.append("  ");
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** Keys and rows as RFC 4180 has them. */
  public String csv(List<R> rows) {
    StringBuilder csv = new StringBuilder();
    line(csv, data().stream().map(Column::key).toList());
    rows.forEach(row -> line(csv, data().stream().map(one -> one.value.apply(row)).toList()));
    return csv.toString();
  }

  private static void line(StringBuilder csv, List<?> values) {
    csv.append(values.stream().map(Table::field).collect(Collectors.joining(","))).append('\n');
  }

  private static String field(Object value) {
    if (value == null || value instanceof Double number && !Double.isFinite(number)) {
      return "";
    }
    String text = value.toString();
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Adds a row's values to an object. */
  public ObjectNode json(ObjectNode node, R row) {
    for (Column<R> column : data()) {
      Object value = column.value.apply(row);
      if (value != null) {
        node.set(column.key, json(value));
      }
    }
    return node;
  }

  /** Adds an object for each row. */
  public void json(ArrayNode array, List<R> rows) {
    rows.forEach(row -> json(array.addObject(), row));
  }

  private static JsonNode json(Object value) {
    if (value instanceof Double number) {
      return Json.number(number);
    }
    return value instanceof double[] numbers ? Json.numbers(numbers) : Json.tree(value);
  }
}
