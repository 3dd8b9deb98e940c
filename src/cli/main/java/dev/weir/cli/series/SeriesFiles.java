package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.FutureRows;
import dev.weir.forecast.Observation;
import dev.weir.job.options.StrictUtf8Input;
import dev.weir.option.Numbers;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** All series of CSV files and of folders of them, in the order of names and rows. */
public final class SeriesFiles {

  /** A regular expression for the names of CSV files. */
  public static final String ENDING = "\\.csv(\\.gz)?$";

  private static final double MAX_AGAIN = 0.02; // of the values

  private static final Pattern ENDS = Pattern.compile(ENDING);

  private SeriesFiles() {}

  /** The text of a file, which is compressed by gzip if its name ends in .gz. */
  public static Reader text(Path file) throws IOException {
    String name = file.getFileName().toString();
    InputStream bytes = Files.newInputStream(file);
    try {
      return StrictUtf8Input.open(name.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes, name);
    } catch (IOException e) {
      bytes.close();
      if (e instanceof ZipException || e instanceof EOFException) {
        throw new IOException(name + ": expected a file compressed by gzip, got another", e);
      }
      throw e;
    }
  }

  /**
   * Observations of each series, by its name.
   *
   * @param without files of the folders that hold no series
   * @param hasFuture whether rows may have no value yet: {@link FutureRows}
   */
  public static Map<String, List<Observation>> observations(
      List<Path> inputs, List<Path> without, SeriesColumns columns, boolean hasFuture)
      throws IOException {
    Map<String, List<Observation>> series = new LinkedHashMap<>();
    String before = null;
    for (Path file : files(inputs, without, ENDS)) {
      try (SeriesCsv csv = SeriesCsv.open(file, columns, hasFuture)) {
        for (Observation o = csv.next(); o != null; o = csv.next()) {
          series.computeIfAbsent(o.series(), name -> new ArrayList<>()).add(o);
        }
        before = say(file, csv, before);
      }
    }
    return checked(series, inputs);
  }

  /** The same of files with one series a row: {@link WideCsv}. */
  public static Map<String, List<Observation>> wide(
      List<Path> inputs, List<Path> without, SeriesColumns columns) throws IOException {
    Map<String, List<Observation>> series = new LinkedHashMap<>();
    for (Path file : files(inputs, without, ENDS)) {
      WideCsv.read(text(file), file.getFileName().toString(), columns.decimal(), series);
    }
    return checked(series, inputs);
  }

  private static Map<String, List<Observation>> checked(
      Map<String, List<Observation>> found, List<Path> inputs) throws IOException {
    if (found.isEmpty()) {
      throw new IOException("--input: expected CSV files with series, got none in " + inputs);
    }
    return found;
  }

  /**
   * Says on standard error how a file is written, if it is not as usual.
   *
   * @param before what was said of the file before; null for nothing
   * @return what is said
   */
  public static String say(Path file, SeriesCsv csv, String before) {
    String format =
        Stream.of(csv.found(), csv.format())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    if (!format.isEmpty() && !format.equals(before)) { // else of each file of a folder
      System.err.printf("%s: %s%n", Printable.line(file.toString()), format);
    }
    return format;
  }

  /**
   * Each series by time, up to a limit, and its values once; standard error says what that changes.
   *
   * @param features how many are kept: all if above 0
   * @throws IOException if a series has different values of one time more often than where the
   *     clock changes: it is several series
   */
  public static Map<String, List<Observation>> inOrder(
      Map<String, List<Observation>> series, int features, int limit) throws IOException {
    Map<String, List<Observation>> taken = new LinkedHashMap<>();
    int sorted = 0;
    for (Map.Entry<String, List<Observation>> one : series.entrySet()) {
      String name = Printable.line(one.getKey());
      List<Observation> all = new ArrayList<>(one.getValue());
      all.sort(Comparator.comparingLong(Observation::time));
      sorted += all.equals(one.getValue()) ? 0 : 1;
      List<Observation> inOrder = new ArrayList<>();
      Observation before = null;
      int again = 0;
      int others = 0;
      Observation other = null;
      for (Observation o : all) {
        if (before != null && o.time() == before.time()) {
          again++;
          others += o.value() == before.value() ? 0 : 1;
          other = others == 1 ? o : other;
        } else if (inOrder.size() < limit) { // features count only where the job says so
          double[] kept = features == 0 ? Observation.NO_FEATURES : o.features();
          inOrder.add(new Observation(o.series(), o.time(), o.value(), kept, o.label(), o.ahead()));
        }
        before = o;
      }
      if (others > MAX_AGAIN * all.size()) {
        throw new IOException(
            "%s: expected one value for each time, got %,d more, as at %s; --columns series=... names"
                    .formatted(name, others, Instant.ofEpochMilli(other.time()))
                + " the columns that tell series apart, else sum the values up");
      }
      if (again > 0) {
        System.err.printf(
            "%s: %s left out, since a time has one%n", name, Numbers.counted(again, "value"));
      }
      taken.put(one.getKey(), inOrder);
    }
    if (sorted > 0) {
      System.err.printf("%,d series sorted by time%n", sorted);
    }
    return taken;
  }

  /** Files among the inputs, and those of folders among them that match, in order. */
  public static List<Path> files(List<Path> inputs, List<Path> without, Pattern ends)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path input : inputs) {
      if (Files.isDirectory(input)) {
        try (Stream<Path> entries = Files.list(input)) {
          entries
              .filter(file -> ends.matcher(file.getFileName().toString()).find())
              .filter(file -> !isAmong(file, without))
              .sorted()
              .forEach(files::add);
        }
      } else if (Files.isRegularFile(input)) {
        files.add(input);
      } else {
        throw new IOException(
            "--input: expected a CSV file or a folder, got %s, which is neither".formatted(input));
      }
    }
    return files;
  }

  /** Whether a file is one of others. */
  public static boolean isAmong(Path file, List<Path> others) {
    return others.stream()
        .anyMatch(
            other -> file.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize()));
  }
}
