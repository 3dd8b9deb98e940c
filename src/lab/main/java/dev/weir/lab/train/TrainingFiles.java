package dev.weir.lab.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.kafka.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Series to train a network on, from files that each are one family of series: CSV, or JSON lines
 * with one series each, {@code {"m": 24, "v": [1.5, 2, …]}}, where m is its season, if that is
 * known. Long series become several, cut at even distances.
 */
final class TrainingFiles {

  private static final Pattern JSON_LINES = Pattern.compile("\\.jsonl(\\.gz)?$");
  private static final Pattern SERIES = Pattern.compile("\\.(csv|jsonl)(\\.gz)?$");
  private static final int MAX_VALUES = 2_500;
  private static final int MAX_PIECES = 4;

  private TrainingFiles() {}

  /** All series, in the order of files and rows; those that are too short are left out. */
  static List<TrainingSeries> read(List<Path> inputs, SeriesColumns columns) throws IOException {
    List<TrainingSeries> series = new ArrayList<>();
    for (Path file : SeriesFiles.files(inputs, List.of(), SERIES)) {
      String name = file.getFileName().toString();
      if (JSON_LINES.matcher(name).find()) {
        readJson(file, JSON_LINES.matcher(name).replaceFirst(""), series);
      } else {
        String family = name.replaceFirst(SeriesFiles.ENDING, "");
        Map<String, List<Observation>> read =
            SeriesFiles.observations(List.of(file), List.of(), columns, false);
        for (List<Observation> one : read.values()) {
          double[] values = one.stream().mapToDouble(Observation::value).toArray();
          addPieces(family, values, LearnerSettings.AUTO, series);
        }
      }
    }
    if (series.isEmpty()) {
      throw new IOException(
          "--input: expected series of at least %d values, got none in %s"
              .formatted(TrainingSeries.LEAST_VALUES, inputs));
    }
    return series;
  }

  private static void readJson(Path file, String family, List<TrainingSeries> series)
      throws IOException {
    int number = 0;
    try (BufferedReader lines = new BufferedReader(SeriesFiles.text(file))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String where = "%s line %d".formatted(file.getFileName(), ++number);
        if (line.isBlank()) {
          continue;
        }
        JsonNode one;
        try {
          one = Json.READER.readTree(line);
        } catch (JsonProcessingException e) {
          throw new IOException(
              "%s: expected one JSON object, got %s".formatted(where, Printable.line(line, 80)));
        }
        JsonNode season = one.path("m");
        addPieces(
            family,
            values(one.path("v"), where),
            season.isIntegralNumber() && season.intValue() >= 1
                ? season.intValue()
                : LearnerSettings.AUTO,
            series);
      }
    }
  }

  private static double[] values(JsonNode array, String where) throws IOException {
    double[] values = new double[array.size()];
    boolean numbers = array.isArray();
    for (int i = 0; i < values.length && numbers; i++) {
      numbers = array.get(i).isNumber();
      values[i] = array.get(i).doubleValue();
      numbers &= Double.isFinite(values[i]);
    }
    if (!numbers) {
      throw new IOException(
          "%s: v: expected an array of numbers, got %s"
              .formatted(where, Printable.line(array.toString(), 80)));
    }
    return values;
  }

  private static void addPieces(
      String family, double[] values, int season, List<TrainingSeries> series) {
    if (values.length < TrainingSeries.LEAST_VALUES) {
      return;
    }
    int pieces = Math.max(1, Math.min(MAX_PIECES, values.length / MAX_VALUES));
    for (int k = 0; k < pieces; k++) {
      int from = pieces == 1 ? 0 : (int) ((long) (values.length - MAX_VALUES) * k / (pieces - 1));
      int to = Math.min(values.length, from + MAX_VALUES);
      series.add(new TrainingSeries(family, Arrays.copyOfRange(values, from, to), season));
    }
  }
}
