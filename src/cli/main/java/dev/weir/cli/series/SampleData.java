package dev.weir.cli.series;

import dev.weir.forecast.Observation;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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
