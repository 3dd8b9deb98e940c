package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.OutsideFile;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.OutsideModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideForecastsTest {

  private static final double NAN = Double.NaN;
  private static final long HOUR = 3_600_000L;

  @TempDir private Path dir;

  private OutsideForecasts forecasts(String text, int horizon, String... models)
      throws IOException {
    OutsideFile file = OutsideFile.read(Files.writeString(dir.resolve("outside.csv"), text));
    OutsideModels of = new OutsideModels(List.of(models));
    List<Observation> rows = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      rows.add(new Observation("a", t * HOUR, t));
    }
    EvaluationPlan plan = EvaluationPlan.of(horizon, null).withOutside(file, of);
    return plan.outside(new Grid(rows));
  }

  @Test
  void newestForecastThatWasMadeByThenCounts() throws IOException {
    OutsideForecasts outside =
        forecasts(
            "timestamp,made,lear,dnn\n"
                + "1970-01-01T02:00:00Z,1970-01-01T00:00:00Z,20,\n"
                + "1970-01-01T02:00:00Z,1970-01-01T01:00:00Z,21,7\n"
                + "1970-01-01T02:00:00Z,1970-01-01T01:00:00.001Z,99,99\n"
                + "1970-01-01T03:00:00Z,1970-01-01T00:00:00Z,30,\n"
                + "1970-01-01T05:00:00Z,1970-01-01T00:00:00Z,50,\n"
                + "1970-01-01T06:00:00Z,1970-01-01T00:00:00Z,60,\n"
                + "1970-01-01T05:30:00Z,1970-01-01T00:00:00Z,1,\n",
            2,
            "dnn",
            "lear");
    double[] none = {};
    assertThat(outside.append(none, 0)).containsExactly(NAN, NAN, NAN, 20);
    assertThat(outside.append(none, 1)).containsExactly(7, 21, NAN, 30);
    assertThat(outside.append(none, 2)).containsExactly(NAN, 30, NAN, NAN);
    assertThat(outside.append(none, 3)).containsExactly(NAN, NAN, NAN, 50); // after the file's end
  }

  /** A random walk whose next values a model knows, as it says itself, made at a lag. */
  private String run(String made, String... more) throws Exception {
    Random random = new Random(7);
    StringBuilder series = new StringBuilder("timestamp,value\n");
    StringBuilder outside = new StringBuilder("timestamp,made,oracle\n");
    double value = 50;
    for (int t = 0; t < 400; t++) {
      value += random.nextGaussian();
      Instant time = Instant.ofEpochMilli(t * HOUR);
      series.append(time).append(',').append(value).append('\n');
      Instant when = time.plusMillis(Long.parseLong(made));
      outside.append(time).append(',').append(when).append(',').append(value + 1).append('\n');
    }
    Path input = Files.writeString(dir.resolve("walk.csv"), series);
    Path file = Files.writeString(dir.resolve("oracle.csv"), outside);
    List<String> command = new ArrayList<>(List.of("evaluate", "--input", input.toString()));
    command.addAll(List.of("--season", "1", "--outside", file.toString()));
    command.addAll(List.of(more));
    command.addAll(List.of("--horizon", "1"));
    return InProcess.run(command.toArray(String[]::new)).succeeded().out();
  }

  private static double mae(String json, String method) throws Exception {
    JsonNode methods = new ObjectMapper().readTree(json).at("/series/0/methods");
    return methods.has(method) ? methods.get(method).get("mae").asDouble() : NAN;
  }

  @Test
  void evaluationLearnsFromOutsideModelsAndScoresThem() throws Exception {
    String json = run("-3600000", "--format", "json"); // made at the value before
    assertThat(mae(json, "outside:oracle")).isCloseTo(1, within(1e-9));
    assertThat(mae(json, "weir")).isLessThan(0.8 * mae(json, "naive"));
    assertThat(run("-3600000")).containsPattern("  outside:oracle +[0-9]\\.[0-9]{3}\n");
  }

  @Test
  void forecastMadeAfterTheOriginIsNotUsed() throws Exception {
    String json = run("-3599999", "--format", "json"); // a millisecond late
    assertThat(mae(json, "outside:oracle")).isNaN();
    assertThat(mae(json, "weir")).isGreaterThan(0.9 * mae(json, "naive"));
  }

  @Test
  void forecastUsesWhatIsSaidOfTimesAfterTheFile() throws Exception {
    run("-3600000", "--format", "json");
    String command =
        "forecast --horizon 1 --season 1 --format json --input %s --outside %s"
            .formatted(dir.resolve("walk.csv"), dir.resolve("oracle.csv"));
    double plain = next(command);
    Instant after = Instant.ofEpochMilli(400 * HOUR);
    Path file = dir.resolve("oracle.csv");
    String jump = "%s,%s,%s\n".formatted(after, after.minusMillis(HOUR), plain + 11);
    Files.writeString(file, Files.readString(file) + jump);
    assertThat(next(command)).isBetween(plain + 1, plain + 11);
  }

  private static double next(String command) throws Exception {
    String json = InProcess.run(command.split(" ")).succeeded().out();
    return new ObjectMapper().readTree(json).at("/forecasts/0/steps/0/value").asDouble();
  }
}
