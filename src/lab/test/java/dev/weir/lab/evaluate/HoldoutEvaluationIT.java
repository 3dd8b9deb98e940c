package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir lab holdout}: the command's figures against the core's forecasts, by hand. */
@Tag("slow")
class HoldoutEvaluationIT {

  private static final int SEED = 23;
  private static final int SEASON = 12;
  private static final int HORIZON = 5;

  @TempDir private Path dir;

  /** The first of n values and those after them. */
  private static double[] values(int n, double level) {
    Random random = new Random(SEED + n);
    double[] values = new double[n + HORIZON];
    for (int t = 0; t < values.length; t++) {
      values[t] = level + 10 * Math.sin(2 * Math.PI * t / SEASON) + random.nextGaussian();
    }
    return values;
  }

  private static String row(String name, double[] values, int from, int to) {
    StringBuilder row = new StringBuilder(name);
    for (int t = from; t < to; t++) {
      row.append(',').append(values[t]);
    }
    return row.append(",,\n").toString();
  }

  private void write(double[]... all) throws IOException {
    StringBuilder training = new StringBuilder("id,V1\n");
    StringBuilder truth = new StringBuilder("id,V1\n");
    for (int i = 0; i < all.length; i++) {
      int end = all[i].length - HORIZON;
      training.append(row("s" + i, all[i], 0, end));
      truth.append(row("s" + i, all[i], end, all[i].length));
    }
    Files.writeString(dir.resolve("train.csv"), training);
    Files.writeString(dir.resolve("test.csv"), truth);
  }

  private InProcess run(String more) {
    return InProcess.run(
        Lab.commandLine(),
        "holdout --input %s --truth %s --layout wide %s"
            .formatted(dir.resolve("train.csv"), dir.resolve("test.csv"), more)
            .strip()
            .split(" +"));
  }

  private static Forecast core(String name, double[] values) throws Exception {
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < values.length - HORIZON; t++) {
      series.add(new Observation(name, t, values[t]));
    }
    ForecastSettings settings = EvaluationPlan.of(HORIZON, null).withSeason(SEASON, null);
    List<Forecast> forecasts = OneSeries.forecasts(settings, series);
    return forecasts.get(forecasts.size() - 1);
  }

  @Test
  void theForecastAtEachSeriesEndIsScored() throws Exception {
    double[][] all = {values(150, 50), values(90, -7)};
    write(all);
    Path out = dir.resolve("scores.csv");

    InProcess weir = run("--season 12 --format json --out " + out).succeeded();
    double mase = 0;
    double naiveMase = 0;
    double inside = 0;
    for (int s = 0; s < all.length; s++) {
      double[] y = all[s];
      Forecast forecast = core("s" + s, y);
      int end = y.length - HORIZON;
      double scale = 0;
      for (int t = SEASON; t < end; t++) {
        scale += Math.abs(y[t] - y[t - SEASON]) / (end - SEASON);
      }
      for (int i = 0; i < HORIZON; i++) {
        double truth = y[end + i];
        mase += Math.abs(truth - forecast.values()[i]) / scale / HORIZON / all.length;
        naiveMase += Math.abs(truth - y[end + i - SEASON]) / scale / HORIZON / all.length;
        Forecast.Interval wide = forecast.intervals().get(1);
        boolean in = truth >= wide.lower()[i] && truth <= wide.upper()[i];
        inside += (in ? 1.0 : 0) / HORIZON / all.length;
      }
    }
    JsonNode root = new ObjectMapper().readTree(weir.out());
    assertThat(root.get("series").asInt()).isEqualTo(2);
    assertThat(root.get("horizon").asInt()).isEqualTo(HORIZON);
    assertThat(root.get("mase").asDouble()).isEqualTo(mase, within(1e-12));
    assertThat(root.get("coverage_95").asDouble()).isEqualTo(inside, within(1e-12));
    assertThat(root.get("seasonal_naive").get("mase").asDouble())
        .isEqualTo(naiveMase, within(1e-12));
    assertThat(root.fieldNames())
        .toIterable()
        .contains("smape", "msis", "coverage_80", "weir_without_networks");
    assertThat(Files.readAllLines(out)) // a header, then three methods of each series
        .hasSize(1 + 3 * all.length)
        .anyMatch(line -> line.startsWith("s1,12,seasonal_naive,"));
  }

  @Test
  void aModelForecastsAloneOrAsAPart() throws IOException {
    write(values(150, 50), values(90, -7));
    InProcess alone =
        run("--season 12 --format json --learning off --model builtin:weir").succeeded();
    JsonNode root = new ObjectMapper().readTree(alone.out());
    assertThat(root.get("mase").asDouble())
        .isLessThan(root.get("seasonal_naive").get("mase").asDouble());
    assertThat(root.has("weir_without_networks")).isFalse();
    String window = "src/core/test/resources/models/sample-many-to-one.safetensors";
    InProcess part = run("--season 12 --horizon 2 --format json --model " + window).succeeded();
    assertThat(run("--learning off").err())
        .contains("--learning: expected a --model with off, got none");
    assertThat(run("--model builtin:weir --mode many-to-many").err())
        .contains("--mode: expected many-to-one, as the model says, got many-to-many");
    assertThat(run("--model builtin:none").err()).contains("--model: no such built-in model");
    assertThat(run("--model " + window).err())
        .contains("--model: horizon: expected 5, got 2 (model sample-many-to-one version 1)");
  }

  @Test
  void aSeasonThatIsFoundIsThatOfTheScoresToo() throws IOException {
    write(values(200, 50), values(220, 3));
    InProcess weir = run("--season auto").succeeded();
    assertThat(weir.out())
        .contains("MASE", "MSIS", "in 95 %", "seasonal_naive")
        .contains("season 12, the most frequent one that was found");
    assertThat(run("--season auto --mase-season 3").out()).doesNotContain("most frequent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--horizon 6          | --truth: expected 6 values of s0, as many as are forecast, got 5",
        "--mase-season 0      | --mase-season: expected 1 to 1000, got 0",
        "--windows 2          | --truth: expected it or --windows, got both or neither"
      })
  void aWrongOptionIsOneLineAndOneOfWhatToDoNext(String option, String message) throws IOException {
    write(values(90, 1));
    InProcess weir = run(option).failed(2);
    assertThat(weir.err().lines())
        .satisfiesExactly(
            wrong -> assertThat(wrong).contains(message),
            next -> assertThat(next).startsWith("  weir lab holdout --help has "));
  }

  /** The last window of a file is what its earlier part says of a truth. */
  @Test
  void windowsAreForecastFromTheValuesBeforeThem() throws IOException {
    write(values(90, 1));
    String known = Files.readString(dir.resolve("train.csv"));
    String after = Files.readString(dir.resolve("test.csv"));
    String all = known.stripTrailing().replaceFirst(",+$", "") + ",";
    all += after.lines().skip(1).findFirst().orElseThrow().replaceFirst("^[^,]*,", "");
    Files.writeString(dir.resolve("all.csv"), all + "\n");
    String[] options = {"--layout", "wide", "--season", "12", "--format", "csv"};

    List<String> truth = lines("train.csv", options, "--truth", dir.resolve("test.csv").toString());
    List<String> windows = lines("all.csv", options, "--horizon", "5", "--windows", "3");

    assertThat(windows).hasSize(3 * (truth.size() - 1) + 1);
    assertThat(windows.subList(windows.size() - truth.size() + 1, windows.size()))
        .extracting(line -> line.replaceFirst("^s0,3,", "s0,"))
        .isEqualTo(truth.subList(1, truth.size()));
  }

  private List<String> lines(String input, String[] options, String... more) {
    List<String> words = new ArrayList<>(List.of("holdout", "--input"));
    words.add(dir.resolve(input).toString());
    words.addAll(List.of(options));
    words.addAll(List.of(more));
    InProcess weir = InProcess.run(Lab.commandLine(), words.toArray(String[]::new));
    assertThat(weir.exitCode()).as(weir.err()).isZero();
    return weir.out().lines().toList();
  }
}
