package dev.weir.cli.series;

import dev.weir.forecast.Observation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The real series that come with Weir; their sources and licences are in {@code sample/SOURCES.md}.
 */
public final class SampleData {

  public static final List<String> NAMES =
      List.of(
          "nab_nyc_taxi",
          "uci_bike",
          "nab_elb_requests",
          "nab_ec2_cpu_5f5533",
          "nab_ambient_temp",
          "uci_air_co_sensor",
          "vega_seattle_tmax");

  private SampleData() {}

  /** Names of the classes of {@link #controlCharts}, in their order. */
  public static final List<String> CHART_CLASSES =
      List.of("normal", "cyclic", "rising", "falling", "shifted_up", "shifted_down");

  /** The values of a control chart, and the name of its class. */
  public record Chart(double[] values, String label) {}

  /** Control charts of 60 values, those that no model was trained with. */
  public static List<Chart> controlCharts() throws IOException {
    String file = "/classes/control_charts_test.ts.gz";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(SampleData.class.getResourceAsStream(file)),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .dropWhile(line -> !line.equals("@data"))
          .skip(1)
          .map(line -> line.split(":"))
          .map(
              parts ->
                  new Chart(
                      Stream.of(parts[0].split(",")).mapToDouble(Float::parseFloat).toArray(),
                      CHART_CLASSES.get(Integer.parseInt(parts[1].strip()) - 1)))
          .toList();
    }
  }

  /** One series, oldest observation first. */
  public static List<Observation> series(String name) throws IOException {
    List<Observation> observations = new ArrayList<>();
    try (SeriesCsv csv = open(name)) {
      for (Observation o = csv.next(); o != null; o = csv.next()) {
        observations.add(o);
      }
    }
    return observations;
  }

  /** The same, read as it is asked for. */
  public static SeriesCsv open(String name) throws IOException {
    String file = name + ".csv";
    return new SeriesCsv(
        new InputStreamReader(
            SampleData.class.getResourceAsStream("/sample/" + file), StandardCharsets.UTF_8),
        file);
  }
}
