package dev.weir.lab.anomaly;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.evaluate.FileForecaster;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.evaluate.PlanOptions;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.Judgment;
import dev.weir.lab.anomaly.AnomalyResult.Alarm;
import dev.weir.lab.anomaly.AnomalyResult.OfFile;
import dev.weir.lab.anomaly.AnomalyWindows.Times;
import dev.weir.lab.anomaly.NabScore.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Alarms for the series of files, from the forecasts of a job's engine, beside labels of where the
 * anomalies are. Not thread-safe.
 */
final class AnomalyEvaluation {

  /** One file, and what is found in it. */
  private static final class Entry implements FileForecaster.Reader {
    final String name;
    final Grid grid;
    final List<Window> windows;
    final long[] times;
    final boolean[] raised; // (values)
    final List<Alarm> alarms = new ArrayList<>();
    final List<Alarm> breaks = new ArrayList<>();

    Entry(String name, Grid grid, List<Window> windows) {
      this.name = name;
      this.grid = grid;
      this.windows = windows;
      this.times = grid.rows().stream().mapToLong(Observation::time).toArray();
      this.raised = new boolean[times.length];
    }

    @Override
    public void take(Forecast forecast, int row) {}

    @Override
    public void take(Judgment judgment, int row) {
      raised[row] = judgment.surprise().isAlarm();
      if (raised[row]) {
        alarms.add(
            new Alarm(
                times[row],
                judgment.value(),
                judgment.forecast(),
                judgment.surprise().size(),
                judgment.surprise().reason(),
                windows.stream().anyMatch(w -> row >= w.first() && row <= w.last())));
      }
    }

    @Override
    public void take(Incident incident) {
      if (incident.reason() == Reason.BREAK && incident.event() != Event.CLOSED) {
        double newest = incident.newest().get(incident.newest().size() - 1).value();
        breaks.add(Alarm.ofBreak(incident.time(), newest));
      }
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final boolean labelled;

  /**
   * Reads the files.
   *
   * @param labels null for none
   * @throws IOException when a file can't be read, naming the first line that is wrong
   * @throws UsageException when files and labels do not belong together
   */
  AnomalyEvaluation(
      List<Path> inputs,
      EvaluationSeasons season,
      SeriesColumns columns,
      PlanOptions options,
      int features,
      Path labels)
      throws IOException {
    this.labelled = labels != null;
    Map<String, Path> files = below(inputs, season.files());
    Map<String, List<Observation>> series = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>(); // of files, by series
    Map<String, List<Times>> windows =
        labels == null ? Map.of() : ofFiles(AnomalyWindows.read(labels), files, labels);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String name = file.getKey();
      List<Observation> observations = observations(name, file.getValue(), columns, features);
      String of = observations.get(0).series();
      season.check(of);
      series.put(of, observations);
      String other = names.put(of, name);
      UsageException.check(
          other == null,
          "--input",
          "series of different names",
          "%s in %s and %s".formatted(Printable.line(of), other, name));
    }
    Map<String, Grid> grids = new LinkedHashMap<>();
    if (options.areSampled()) {
      grids.putAll(options.grids("weir lab anomalies", series));
    } else {
      series.forEach((name, rows) -> grids.put(name, new Grid(rows)));
    }
    for (Map.Entry<String, Grid> grid : grids.entrySet()) {
      String name = names.get(grid.getKey());
      List<Window> indices =
          indices(name, windows.getOrDefault(name, List.of()), grid.getValue().rows());
      entries.add(new Entry(name, grid.getValue(), indices));
    }
  }

  /**
   * CSV files of the inputs and of all folders in them, in order, each by its path below the input,
   * with / between names and without .gz.
   *
   * @param without files that are left out
   */
  private static Map<String, Path> below(List<Path> inputs, List<Path> without) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    for (Path input : inputs) {
      try (Stream<Path> entries = Files.walk(input)) {
        for (Path file : entries.filter(Files::isRegularFile).toList()) {
          boolean isCsv = file.getFileName().toString().matches(".*" + SeriesFiles.ENDING);
          if (file.equals(input) || isCsv && !SeriesFiles.isAmong(file, without)) {
            Path path = file.equals(input) ? file.getFileName() : input.relativize(file);
            String name = path.toString().replace('\\', '/').replaceFirst("\\.gz$", "");
            Path other = files.put(name, file);
            if (other != null) {
              throw new IOException(
                  "--input: expected one file for each name, got %s and %s".formatted(other, file));
            }
          }
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    if (files.isEmpty()) {
      throw new IOException("--input: expected CSV files with series, got none in " + inputs);
    }
    return files;
  }

  private static List<Observation> observations(
      String name, Path file, SeriesColumns columns, int features) throws IOException {
    List<Observation> all = new ArrayList<>();
    String series = null;
    String ofFile = file.getFileName().toString().replaceFirst("\\.csv(\\.gz)?$", "");
    try (SeriesCsv csv = SeriesCsv.open(file, columns)) {
      for (Observation o = csv.next(); o != null; o = csv.next()) {
        if (series != null && !series.equals(o.series())) {
          throw new UsageException(
              "--input: expected one series in each file, got %s and %s in %s"
                  .formatted(Printable.line(series), Printable.line(o.series()), name));
        }
        series = o.series();
        all.add(o);
      }
      SeriesFiles.say(file, csv, null);
    }
    UsageException.check(series != null, "--input", "values in " + name, "none");
    if (series.equals(ofFile)) { // files of the same name in several folders
      series = name;
    }
    List<Observation> named = new ArrayList<>(all.size());
    for (Observation o : all) {
      named.add(new Observation(series, o.time(), o.value(), o.features(), null));
    }
    return SeriesFiles.inOrder(Map.of(series, named), features, Integer.MAX_VALUE).get(series);
  }

  /** Windows by the names that the input gives to files, which may be below a folder of labels. */
  private static Map<String, List<Times>> ofFiles(
      Map<String, List<Times>> labels, Map<String, Path> files, Path from) {
    Map<String, List<Times>> windows = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    labels.forEach(
        (label, times) -> {
          String plain = label.replaceFirst("\\.gz$", "");
          String name =
              files.keySet().stream()
                  .filter(file -> plain.equals(file) || plain.endsWith("/" + file))
                  .max(Comparator.comparingInt(String::length))
                  .orElse(null);
          if (name == null || windows.putIfAbsent(name, times) != null) {
            unknown.add(label);
          }
        });
    String first = unknown.isEmpty() ? "" : Printable.line(unknown.get(0));
    for (String name : files.keySet()) {
      UsageException.check(
          windows.containsKey(name),
          "--labels",
          "an entry for %s, an empty list if it has no anomaly".formatted(name),
          unknown.isEmpty() ? "none in " + from : "none in %s, but '%s'".formatted(from, first));
    }
    if (!unknown.isEmpty()) {
      System.err.printf(
          "weir lab anomalies: --labels: %,d left out, which are of files that are not in --input,"
              + " such as '%s'%n",
          unknown.size(), first);
    }
    return windows;
  }

  private static List<Window> indices(
      String name, List<Times> windows, List<Observation> observations) {
    long[] times = observations.stream().mapToLong(Observation::time).toArray();
    List<Window> indices = new ArrayList<>();
    for (Times window : windows) {
      int first = Arrays.binarySearch(times, window.first());
      int last = Arrays.binarySearch(times, window.last());
      first = first < 0 ? -first - 1 : first;
      last = last < 0 ? -last - 2 : last;
      UsageException.check(
          first <= last,
          "--labels",
          "values of %s in each window".formatted(name),
          "none in window %d".formatted(indices.size() + 1));
      indices.add(new Window(first, last));
    }
    return indices;
  }

  /**
   * Forecasts all series with the job's engine, which looks for alarms.
   *
   * @throws IOException if the engine refuses an observation
   */
  AnomalyResult run(
      EvaluationPlan plan, EvaluationSeasons season, AlarmSettings settings, ProgressLine progress)
      throws Exception {
    IncidentSettings incidents =
        new IncidentSettings(
            settings, IncidentSettings.DEFAULT_MIN_DURATION, IncidentSettings.DEFAULT_QUIET);
    List<Grid> grids = entries.stream().map(entry -> entry.grid).toList();
    try (Progress values = Progress.of(progress, grids, 1)) {
      FileForecaster forecaster = new FileForecaster(plan, season, incidents, values);
      List<OfFile> files =
          FileForecaster.each(
              entries,
              entry -> {
                forecaster.read(entry.grid, entry);
                NabScore score = new NabScore();
                score.add(entry.raised, entry.windows);
                return new OfFile(
                    entry.name, entry.raised.length, entry.alarms, entry.breaks, score);
              });
      return new AnomalyResult(files, settings, labelled);
    }
  }
}
