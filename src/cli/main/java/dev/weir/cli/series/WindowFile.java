package dev.weir.cli.series;

import dev.weir.classify.LabelledSequences;
import dev.weir.classify.LabelledWindows;
import dev.weir.cli.console.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Labelled windows and sequences out of files. Windows are of the {@code .ts} format, or CSV with a
 * row for each step. A CSV file has a column {@code window}, {@code series} or {@code series_id},
 * equal in the rows of a window, which follow each other; a label, equal in them too; and a column
 * of numbers for each channel. What is missing is filled in as {@link TsFile} does.
 */
public final class WindowFile {

  private WindowFile() {}

  /**
   * Reads a file, which may be compressed by gzip; one whose name ends with {@code .csv} or {@code
   * .csv.gz} is CSV.
   *
   * @param classes names that labels may have; null for those in the file
   * @throws IOException when the file can't be read, or naming the first line that is wrong
   */
  public static TsFile.Contents read(Path file, List<String> classes) throws IOException {
    return file.getFileName().toString().matches("(?i).*\\.csv(\\.gz)?")
        ? csv(file, classes)
        : TsFile.read(file, classes);
  }

  private static TsFile.Contents csv(Path file, List<String> known) throws IOException {
    String name = file.getFileName().toString();
    LabelledRows.Contents contents = LabelledRows.contents(file, null);
    if (contents.series() < 0) {
      throw new IOException(
          name
              + " line 1: expected a column window, series or series_id, equal in a window's rows,"
              + " got none");
    }
    if (contents.columns().stream().anyMatch(column -> !column.texts().isEmpty())) {
      throw new IOException(
          name + ": expected numbers in the columns other than window and label, got texts");
    }
    List<String> classes = known == null ? List.copyOf(contents.labels().keySet()) : known;
    Windows windows = new Windows(name, contents.width(), classes);
    try (LabelledRows rows = LabelledRows.open(file, contents)) {
      for (LabelledRows.Row row = rows.next(); row != null; row = rows.next()) {
        windows.add(row);
      }
    }
    return windows.contents();
  }

  private record Sequence(List<float[]> rows, List<Integer> labels) {}

  /**
   * Sequences with a label for each step out of a CSV file, as {@link LabelledRows} reads it: a row
   * for each step, oldest first. What is missing is filled in as {@link TsFile} does.
   *
   * @param known names that labels may have; null for those in the file
   * @throws IOException when the file can't be read, or naming the first line that is wrong
   */
  public static LabelledSequences sequences(Path file, List<String> known) throws IOException {
    String name = file.getFileName().toString();
    LabelledRows.Contents contents = LabelledRows.contents(file, null);
    List<String> classes = known == null ? List.copyOf(contents.labels().keySet()) : known;
    for (String label : contents.labels().keySet()) {
      if (!classes.contains(label)) {
        throw new IOException(
            "%s: expected labels of %s, got %s"
                .formatted(name, Printable.line(classes.toString()), Printable.line(label)));
      }
    }
    Map<String, Sequence> sequences = new LinkedHashMap<>();
    try (LabelledRows rows = LabelledRows.open(file, contents)) {
      for (LabelledRows.Row row = rows.next(); row != null; row = rows.next()) {
        Sequence sequence =
            sequences.computeIfAbsent(
                row.series(), key -> new Sequence(new ArrayList<>(), new ArrayList<>()));
        sequence.rows().add(row.values());
        sequence.labels().add(classes.indexOf(row.label()));
      }
    }
    List<float[]> values = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (Map.Entry<String, Sequence> sequence : sequences.entrySet()) {
      String where = "%s: series %s".formatted(name, Printable.line(sequence.getKey()));
      values.add(
          filled(where, values(sequence.getValue().rows(), contents.width()), contents.width()));
      labels.add(sequence.getValue().labels().stream().mapToInt(Integer::intValue).toArray());
    }
    try {
      return new LabelledSequences(
          contents.width(), classes, values.toArray(float[][]::new), labels.toArray(int[][]::new));
    } catch (IllegalArgumentException e) { // such as too many columns
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private static float[] values(List<float[]> rows, int channels) {
    float[] values = new float[rows.size() * channels];
    for (int t = 0; t < rows.size(); t++) {
      System.arraycopy(rows.get(t), 0, values, t * channels, channels);
    }
    return values;
  }

  private static float[] filled(String where, float[] values, int channels) throws IOException {
    for (int c = 0; c < channels; c++) {
      if (!TsFile.fillIn(values, c, channels)) {
        throw new IOException(
            "%s: expected at least one value in each column, got none in %d"
                .formatted(where, c + 1));
      }
    }
    return values;
  }

  private static final class Windows {
    private final String name;
    private final int channels;
    private final List<String> classes;
    private final List<float[]> windows = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final Set<String> ended = new HashSet<>();
    private final List<float[]> rows = new ArrayList<>(); // of the current window
    private String window;
    private String label;
    private long missing;

    Windows(String name, int channels, List<String> classes) {
      this.name = name;
      this.channels = channels;
      this.classes = classes;
    }

    void add(LabelledRows.Row row) throws IOException {
      if (!row.series().equals(window)) {
        end();
        window = row.series();
        label = row.label();
        if (!ended.add(window)) {
          throw wrong("rows that follow each other", "more of them later");
        }
      }
      if (!row.label().equals(label)) {
        throw wrong("one label", Printable.line(label + " and " + row.label()));
      }
      if (rows.size() == LabelledWindows.MAX_STEPS) {
        throw wrong("at most %,d rows".formatted(LabelledWindows.MAX_STEPS), "more");
      }
      rows.add(row.values());
    }

    private IOException wrong(String expected, String got) {
      return new IOException(
          "%s: window %s: expected %s, got %s"
              .formatted(name, Printable.line(window), expected, got));
    }

    private void end() throws IOException {
      if (rows.isEmpty()) {
        return;
      }
      int place = classes.indexOf(label);
      if (place < 0) {
        throw wrong("a label of " + Printable.line(classes.toString()), Printable.line(label));
      }
      float[] values = values(rows, channels);
      for (float value : values) {
        missing += Float.isNaN(value) ? 1 : 0;
      }
      filled("%s: window %s".formatted(name, Printable.line(window)), values, channels);
      windows.add(values);
      labels.add(place);
      rows.clear();
    }

    TsFile.Contents contents() throws IOException {
      end();
      return TsFile.contents(name, channels, classes, windows, labels, missing);
    }
  }
}
