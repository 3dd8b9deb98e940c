package dev.weir.cli.series;

import dev.weir.classify.LabelledSequences;
import dev.weir.cli.console.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences with a label for each step out of a CSV file, as {@link LabelledRows} reads it: a row
 * for each step, oldest first. What is missing is filled in as {@link TsFile} does.
 */
public final class SequenceFile {

  private SequenceFile() {}

  private record Sequence(List<float[]> rows, List<Integer> labels) {}

  /**
   * @param known names that labels may have; null for those in the file
   * @throws IOException when the file can't be read, or naming the first line that is wrong
   */
  public static LabelledSequences read(Path file, List<String> known) throws IOException {
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
      values.add(values(name, sequence.getKey(), sequence.getValue().rows(), contents.width()));
      labels.add(sequence.getValue().labels().stream().mapToInt(Integer::intValue).toArray());
    }
    try {
      return new LabelledSequences(
          contents.width(), classes, values.toArray(float[][]::new), labels.toArray(int[][]::new));
    } catch (IllegalArgumentException e) { // such as too many columns
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private static float[] values(String file, String series, List<float[]> rows, int channels)
      throws IOException {
    float[] values = new float[rows.size() * channels];
    for (int t = 0; t < rows.size(); t++) {
      System.arraycopy(rows.get(t), 0, values, t * channels, channels);
    }
    for (int c = 0; c < channels; c++) {
      if (!TsFile.fillIn(values, c, channels)) {
        throw new IOException(
            "%s: series %s: expected at least one value in each column, got none in %d"
                .formatted(file, Printable.line(series), c + 1));
      }
    }
    return values;
  }
}
