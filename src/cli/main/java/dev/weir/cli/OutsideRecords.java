package dev.weir.cli;

import dev.weir.cli.series.OutsideFile;
import dev.weir.cli.series.OutsideFile.Forecasts;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.covariate.OutsideDeserializer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The forecasts of a file as records: those that a model made at once of a series are one. */
final class OutsideRecords {

  /** Forecasts of one record, from a place in their order on. */
  private record Part(
      String series, String model, Forecasts forecasts, int[] order, int from, int to) {

    long made() {
      return forecasts.made(order[from]);
    }
  }

  private OutsideRecords() {}

  /**
   * The records in the order in which they were made.
   *
   * @throws IOException if the file names no series
   */
  static Stream<OutsideForecast> of(OutsideFile file) throws IOException {
    if (!file.isNamed()) {
      throw new IOException(file + " line 1: expected a column series_id, got none");
    }
    List<Part> parts = new ArrayList<>();
    for (String series : file.series()) {
      for (String model : file.models()) {
        Forecasts forecasts = file.of(series, model);
        int[] order = forecasts == null ? new int[0] : forecasts.order();
        for (int from = 0, to = 1; to <= order.length; to++) {
          if (to == order.length
              || to - from == OutsideDeserializer.MAX_STEPS
              || forecasts.made(order[to]) != forecasts.made(order[from])
              || forecasts.time(order[to]) == forecasts.time(order[to - 1])) {
            parts.add(new Part(series, model, forecasts, order, from, to));
            from = to;
          }
        }
      }
    }
    List<Double> levels = list(file.levels());
    return parts.stream()
        .sorted(Comparator.comparingLong(Part::made)) // of the same, in their order
        .map(part -> record(part, levels));
  }

  private static OutsideForecast record(Part part, List<Double> levels) {
    List<Instant> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    List<Double> quantiles = new ArrayList<>();
    for (int k = part.from; k < part.to; k++) {
      int i = part.order[k];
      times.add(Instant.ofEpochMilli(part.forecasts.time(i)));
      values.add(part.forecasts.value(i));
      quantiles.addAll(list(part.forecasts.quantiles(i)));
    }
    return OutsideForecast.newBuilder()
        .setSeries(part.series)
        .setModel(part.model)
        .setMade(Instant.ofEpochMilli(part.made()))
        .setTimes(times)
        .setValues(values)
        .setLevels(levels)
        .setQuantiles(quantiles)
        .build();
  }

  private static List<Double> list(double[] numbers) {
    return DoubleStream.of(numbers).boxed().toList();
  }
}
