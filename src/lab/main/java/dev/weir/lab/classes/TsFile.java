package dev.weir.lab.classes;

import dev.weir.cli.console.Printable;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.option.Numbers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Labelled windows from a file of the UCR and UEA archives: lines of a header that begin with
 * {@code @}, then a window on each line, channels and label separated by colons, values by commas.
 * Values that are missing ({@code NaN} or {@code ?}) are filled in on a straight line between their
 * neighbours. The first wrong line ends it, with the line's number.
 *
 * @see <a href="https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html">
 *     the .ts format</a>
 */
final class TsFile {

  private final String name;
  private final List<String> classes;
  private final List<float[]> windows = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();
  private int channels; // 0 until the first window
  private long missing;

  private TsFile(String name, List<String> classes) {
    this.name = name;
    this.classes = classes == null ? new ArrayList<>() : new ArrayList<>(classes);
  }

  /**
   * Labelled windows, which may have different lengths. Nobody may write into the arrays.
   *
   * @param channels values of each step
   * @param classes names of the classes; a label is a place in this list
   * @param windows (steps, channels) values of each window, finite
   * @param labels class of each window
   * @param missing values that were filled in
   */
  record Contents(
      int channels,
      List<String> classes,
      List<float[]> windows,
      List<Integer> labels,
      long missing) {}

  /**
   * Reads a file, which may be compressed by gzip.
   *
   * @param classes names that labels may have; null for those in the file's header
   * @throws IOException when the file can't be read, or naming the first line that is wrong
   */
  static Contents read(Path file, List<String> classes) throws IOException {
    try (Reader text = SeriesFiles.text(file)) {
      return read(text, file.getFileName().toString(), classes);
    }
  }

  /**
   * @param name what messages call the text
   */
  static Contents read(Reader text, String name, List<String> classes) throws IOException {
    TsFile ts = new TsFile(name, classes);
    ts.read(new BufferedReader(text), classes == null);
    if (ts.windows.isEmpty()) {
      throw new IOException(name + ": expected at least one window, got none");
    }
    return new Contents(ts.channels, ts.classes, ts.windows, ts.labels, ts.missing);
  }

  private void read(BufferedReader lines, boolean takeClasses) throws IOException {
    boolean data = false;
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      if (data) {
        window(text, number);
        continue;
      }
      String[] words = text.split("\\s+");
      switch (words[0].toLowerCase(Locale.ROOT)) {
        case "@data" -> data = true;
        case "@classlabel" -> {
          if (words.length < 3 || !words[1].equalsIgnoreCase("true")) {
            throw wrong(number, "@classLabel true and the names of the classes", text);
          }
          if (takeClasses) {
            classes.addAll(List.of(words).subList(2, words.length));
          }
        }
        case "@timestamps" -> {
          if (words.length > 1 && words[1].equalsIgnoreCase("true")) {
            throw wrong(number, "@timeStamps false", text);
          }
        }
        default -> {
          if (!words[0].startsWith("@")) {
            throw wrong(number, "a header line that begins with @, or @data before windows", text);
          }
        }
      }
    }
    if (!data) {
      throw new IOException(
          name + ": expected @data before the windows, got a file without it; is it a .ts file?");
    }
  }

  private void window(String text, int number) throws IOException {
    String[] parts = text.split(":", -1);
    if (parts.length < 2) {
      throw wrong(number, "values, a colon and a label", text);
    }
    String label = parts[parts.length - 1].strip();
    int place = classes.indexOf(label);
    if (place < 0) {
      throw wrong(number, "a label of " + Printable.line(classes.toString()), label);
    }
    int width = parts.length - 1;
    if (channels == 0) {
      channels = width;
    } else if (channels != width) {
      throw wrong(number, channels + " channels, as in the first window", width + "");
    }
    float[] window = null;
    for (int c = 0; c < width; c++) {
      String[] values = parts[c].split(",", -1);
      if (window == null) {
        window = new float[values.length * width];
      } else if (values.length * width != window.length) {
        throw wrong(
            number,
            "%d values in each channel".formatted(window.length / width),
            values.length + " in channel " + (c + 1));
      }
      for (int t = 0; t < values.length; t++) {
        window[t * width + c] = value(values[t].strip(), number);
      }
      if (!fillIn(window, c, width)) {
        throw wrong(number, "at least one value in each channel", "none in " + (c + 1));
      }
    }
    windows.add(window);
    labels.add(place);
  }

  private float value(String text, int number) throws IOException {
    if (text.equals("?") || text.equalsIgnoreCase("nan")) {
      missing++;
      return Float.NaN;
    }
    try {
      float value = (float) Numbers.parse(text);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // answered below, as a number that is not finite
    }
    throw wrong(number, "a finite number, NaN or ?", text);
  }

  /**
   * Fills in what is missing of a channel.
   *
   * @return false if all of it is missing
   */
  private static boolean fillIn(float[] window, int channel, int width) {
    int steps = window.length / width;
    int before = -1; // the last step with a value
    for (int t = 0; t < steps; t++) {
      if (Float.isNaN(window[t * width + channel])) {
        continue;
      }
      float now = window[t * width + channel];
      float from = before < 0 ? now : window[before * width + channel];
      for (int gap = before + 1; gap < t; gap++) {
        float share = before < 0 ? 0f : (float) (gap - before) / (t - before);
        window[gap * width + channel] = from + share * (now - from);
      }
      before = t;
    }
    for (int gap = before + 1; before >= 0 && gap < steps; gap++) {
      window[gap * width + channel] = window[before * width + channel];
    }
    return before >= 0;
  }

  private IOException wrong(int number, String expected, String got) {
    return new IOException(
        "%s line %d: expected %s, got %s".formatted(name, number, expected, Printable.line(got)));
  }
}
