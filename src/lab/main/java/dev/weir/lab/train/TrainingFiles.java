package dev.weir.lab.train;

import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.LearnerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Series to train a network on, from files that each are one family of series: CSV, or JSON lines
 * ({@link SeriesLine}). Long series become several, cut at even distances.
 */
final class TrainingFiles {

  private static final Pattern SERIES = Pattern.compile("\\.(csv|jsonl)(\\.gz)?$");
  private static final int MAX_VALUES = 2_500;
  private static final int MAX_PIECES = 4;

  private TrainingFiles() {}

  /** All series, in the order of files and rows; those that are too short are left out. */
  static List<TrainingSeries> read(List<Path> inputs, SeriesColumns columns) throws IOException {
    List<TrainingSeries> series = new ArrayList<>();
    for (Path file : SeriesFiles.files(inputs, List.of(), SERIES)) {
      String name = file.getFileName().toString();
      if (SeriesLine.ENDING.matcher(name).find()) {
        String family = SeriesLine.ENDING.matcher(name).replaceFirst("");
        SeriesLine.read(file, one -> addPieces(family, one.values(), one.season(), series));
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
