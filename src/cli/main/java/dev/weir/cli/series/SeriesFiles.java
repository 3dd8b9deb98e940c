package dev.weir.cli.series;

import dev.weir.cli.console.Printable;
import dev.weir.cli.grid.FutureRows;
import dev.weir.forecast.Observation;
import dev.weir.job.options.StrictUtf8Input;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** All series of CSV files and of folders of them, in the order of names and rows. */
public final class SeriesFiles {

  /** A regular expression for the names of CSV files. */
  public static final String ENDING = "\\.csv(\\.gz)?$";

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
    String format = csv.format();
    if (format != null && !format.equals(before)) { // else of each file of a folder
      System.err.printf("%s: %s%n", Printable.line(file.toString()), format);
    }
    return format;
  }

  /**
   * Those of each series that the operator would take: later ones only, up to a limit. Standard
   * error says how many are left out.
   *
   * @param features how many are kept: all if above 0
   */
  public static Map<String, List<Observation>> inOrder(
      Map<String, List<Observation>> series, int features, int limit) {
    Map<String, List<Observation>> taken = new LinkedHashMap<>();
    series.forEach(
        (name, all) -> {
          List<Observation> inOrder = new ArrayList<>();
          int late = 0;
          for (Observation o : all) {
            if (inOrder.size() == limit) {
              break;
            }
            if (!inOrder.isEmpty() && o.time() <= inOrder.get(inOrder.size() - 1).time()) {
              late++;
            } else { // features count only where the job says so
              double[] kept = features == 0 ? Observation.NO_FEATURES : o.features();
              inOrder.add(new Observation(name, o.time(), o.value(), kept, o.label(), o.ahead()));
            }
          }
          if (late > 0) {
            System.err.printf(
                "%s: %,d values left out, which are not later than those before them; sort the file"
                    + " by time to have them counted%n",
                Printable.line(name), late);
          }
          taken.put(name, inOrder);
        });
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
