package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.InProcess;
import dev.weir.model.AheadInputs;
import dev.weir.model.ModelFiles;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A base model that reads covariates known ahead: evaluated, and asked for what is next. */
class AheadModelIT {

  private static final int ROWS = 900;
  private static final int HORIZON = 2;
  private static final String COLUMNS = " --columns time=at,value=load,ahead=plan";

  @TempDir private static Path dir;
  private static final double[] plan = // in megawatts; of no use but for what is forecast
      new SplittableRandom(5).doubles(ROWS + HORIZON, 300, 500).toArray();

  /** Noise but for the plan, which the values follow; the last rows have no value yet. */
  @BeforeAll
  static void write() throws IOException {
    StringBuilder csv = new StringBuilder("at,plan,load\n");
    for (int t = 0; t < ROWS + HORIZON; t++) {
      String load = t < ROWS ? Double.toString(load(t)) : "";
      csv.append("%s,%s,%s\n".formatted(Instant.ofEpochSecond(3_600L * t), plan[t], load));
    }
    Files.writeString(dir.resolve("future.csv"), csv);
    String known = csv.toString().lines().limit(1 + ROWS).reduce("", (a, b) -> a + b + "\n");
    Files.writeString(dir.resolve("load.csv"), known);
    RnnConfig rnn = new RnnConfig(Cell.RNN_RELU, 1 + HORIZON, 2 * HORIZON, 1, false, false);
    float[] weights = new float[rnn.parameterCount()]; // a unit for each sign of each step's plan
    for (int unit = 0; unit < 2 * HORIZON; unit++) {
      weights[unit * (1 + HORIZON) + 1 + unit / 2] = unit % 2 == 0 ? 1 : -1;
    }
    ModelFiles.write(
        TestModel.of(rnn, 3, HORIZON)
            .name("load")
            .weights(weights)
            .head(new float[] {1, -1, 0, 0, 0, 0, 1, -1}, new float[HORIZON])
            .ahead(new AheadInputs(List.of(400.0), List.of(50.0)))
            .build(),
        dir.resolve("load.safetensors"));
  }

  private static double load(int t) {
    return (plan[t] - 400) / 50;
  }

  private static InProcess weir(String arguments) {
    String here =
        arguments.replaceAll("([a-z]+\\.(csv|safetensors|yaml))", dir.resolve("") + "/$1");
    return InProcess.run(here.split(" "));
  }

  private static JsonNode evaluated(String options) throws IOException {
    InProcess ended =
        weir(
            "evaluate --input load.csv --season 1 --format json --model load.safetensors"
                + options);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return new ObjectMapper().readTree(ended.out()).get("series").get(0).get("methods");
  }

  private static double error(JsonNode methods, String method) {
    return methods.get(method).get("mae").asDouble();
  }

  @Test
  void inspectionSaysWhatTheModelReads() {
    assertThat(weir("model inspect load.safetensors").out())
        .contains("value, 0 features, calendar [], 1 known ahead at each of 2 steps");
  }

  @Test
  void modelThatKnowsThePlanForecastsNoise() throws IOException {
    JsonNode alone = evaluated(COLUMNS + " --learning off");
    assertThat(error(alone, "weir")).isLessThan(0.1 * error(alone, "naive"));
    JsonNode mixture = evaluated(COLUMNS);
    assertThat(error(mixture, "weir")).isLessThan(0.1 * error(mixture, "naive"));
  }

  @Test
  void stepsWithoutValueSayWhatIsKnownOfTheForecast() throws IOException {
    InProcess ended =
        weir(
            "forecast --input future.csv --season 1 --format json --model load.safetensors"
                + " --learning off"
                + COLUMNS);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    JsonNode forecast = new ObjectMapper().readTree(ended.out()).get("forecasts").get(0);
    assertThat(Instant.parse(forecast.get("origin").asText()))
        .isEqualTo(Instant.ofEpochSecond(3_600L * (ROWS - 1)));
    for (int i = 0; i < HORIZON; i++) {
      double value = forecast.get("steps").get(i).get("value").asDouble();
      assertThat(value).isBetween(load(ROWS + i) - 0.5, load(ROWS + i) + 0.5);
    }
    InProcess learned =
        weir("forecast --input future.csv --season 1 --format csv" + COLUMNS).succeeded();
    String[] first = learned.out().lines().toArray(String[]::new)[1].split(",");
    assertThat(Double.parseDouble(first[3])).isBetween(load(ROWS) - 0.5, load(ROWS) + 0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          evaluate --input load.csv --model load.safetensors --columns time=at,value=load | --model: ahead: expected 0, got 1 (model load version 1)
          evaluate --input load.csv --model load.safetensors --columns time=at,value=load,ahead=plan+0 | --model: ahead: expected 2, got 1 (model load version 1)
          forecast --input load.csv --model load.safetensors --columns time=at,value=load | --model: ahead: expected 0, got 1 (model load version 1)
          """)
  void covariatesThatDoNotFitAreRefused(String command, String line) {
    InProcess ended = weir(command).failed(2);
    assertThat(ended.err()).contains(line);
  }

  @Test
  void rowWithoutValueBeforeTheNewestIsRefused() throws IOException {
    Files.writeString(
        dir.resolve("hole.csv"), "at,plan,load\n2026-01-01,1,2\n2026-01-02,1,\n2026-01-03,1,3\n");
    InProcess ended = weir("forecast --input hole.csv --season 1" + COLUMNS).failed(1);
    assertThat(ended.err())
        .contains(
            "hole: expected a value in each row before the newest value, got none at"
                + " 2026-01-02T00:00:00Z");
  }
}
