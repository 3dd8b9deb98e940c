package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From series to a base model, and from that to a job's forecasts. */
@Tag("slow")
class TrainIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;
  private Path series;
  private Path model;

  @BeforeEach
  void writeSeries() throws IOException {
    series = dir.resolve("series.csv");
    model = dir.resolve("bare.safetensors");
    StringBuilder csv = new StringBuilder("series_id,timestamp,value\n");
    Random random = new Random(20);
    for (int t = 0; t < 300; t++) {
      double value = Math.sin(2 * Math.PI * t / 12) + 0.4 * random.nextGaussian();
      csv.append("wave,").append(Instant.ofEpochSecond(3600L * t)).append(',');
      csv.append(value).append('\n');
    }
    Files.writeString(series, csv);
  }

  @Test
  void missingValuesAreFilledBeforeTraining() throws IOException {
    String gaps = Files.readString(series).replaceAll("wave,1970-01-0[357]T07:.*\n", "");
    Files.writeString(series, gaps);
    String train =
        "train --input %s --out %s --epochs 1 --seq-len 4 --hidden-size 2".formatted(series, model);
    InProcess trained = run(train).succeeded();
    assertThat(trained.err())
        .contains("weir train: 3 missing hours filled", "1 series, 300 values");
    assertThat(run(train + " --force --gap skip").err()).contains("4 series, 297 values");
    assertThat(run(train + " --force --interval none").err()).contains("1 series, 297 values");
  }

  @Test
  void aNetworkThatCombinesGoesFromJsonLinesIntoAForecast() throws IOException {
    Path lines = dir.resolve("waves.jsonl");
    StringBuilder json = new StringBuilder("{\"m\": 12, \"v\": [");
    Random random = new Random(21);
    for (int t = 0; t < 150; t++) {
      json.append(t == 0 ? "" : ", ");
      json.append(Math.sin(2 * Math.PI * t / 12) + 0.4 * random.nextGaussian());
    }
    Files.writeString(lines, json.append("]}\n"));
    String train =
        "train --task base --input %s --out %s --samples 600 --hidden-size 3"
            .formatted(lines, model);
    InProcess trained = run(train).succeeded();
    assertThat(trained.err()).contains("1 series to learn from, 0 held out, 0 left out");
    assertThat(model.resolveSibling("bare.safetensors.progress")).doesNotExist();
    assertThat(run("model inspect " + model).out())
        .contains("RNN_TANH, input_size 17, hidden_size 3, num_layers 2, bidirectional")
        .contains("naive, weekly-naive, rls-ar");
    InProcess forecast =
        run("forecast --input " + series + " --learning off --model " + model).succeeded();

    train += " --force";
    assertThat(run(train + " --epochs 3").err())
        .contains("weir train: --epochs: expected none with --task base, got one");
    assertThat(run("train --input %s --force --out %s --samples 9".formatted(series, model)).err())
        .contains("weir train: --samples: expected none with --task windows, got one");
    assertThat(run(train + " --restart --without " + lines).err())
        .contains("weir train: series: expected at least one, got none");
    Files.writeString(lines, "{\"m\": 12, \"v\": [1, null]}\n");
    assertThat(run(train).err())
        .contains("waves.jsonl line 1: v: expected an array of numbers, got [1,null]");
    Files.writeString(lines, "1, 2, 3\n");
    assertThat(run(train).err()).contains("waves.jsonl line 1: ");
  }

  @ParameterizedTest
  @CsvSource({"many-to-one, 20", "many-to-many, 7"})
  void aNetworkOfWindowsGoesFromSeriesIntoAForecast(String mode, int horizon) throws IOException {
    String train =
        "train --task base --mode %s --seq-len 6 --input %s --out %s --samples 600"
            .formatted(mode, series, model);
    InProcess trained = run(train + " --hidden-size 3").succeeded();
    assertThat(run("model inspect " + model).out())
        .contains("seq_len 6 -> horizon 48")
        .contains("RNN_TANH, input_size 14, hidden_size 3, num_layers 2, bidirectional")
        .contains("value, and what was a season and a week before");
    InProcess forecast =
        run(
            "forecast --input %s --learning off --model %s --horizon %d --format json"
                .formatted(series, model, horizon));
    assertThat(forecast.exitCode()).as(forecast.err()).isZero();
    assertThat(run(train.replace("--mode " + mode, "--force")).err())
        .contains("weir train: --seq-len: expected --mode as well, got none");
  }

  @ParameterizedTest
  @CsvSource({"many-to-one, none, 3", "many-to-one, window, 3", "many-to-many, last, 5"})
  void aModelWithoutAHeadGoesFromTrainingIntoAJob(String mode, String scaling, int horizon)
      throws IOException {
    InProcess trained =
        run(
            "train --input %s --out %s --name bare --head none --mode %s --scaling %s"
                    .formatted(series, model, mode, scaling)
                + " --epochs 3 --learning-rate 0.01 --num-layers 1"
                + (horizon == 3 ? " --horizon 3" : ""));
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    InProcess inspected = run("model inspect " + model);
    assertThat(inspected.out().lines())
        .anyMatch(line -> line.matches("head +none"))
        .anyMatch(line -> line.matches("window +seq_len 5 -> horizon %d, .*".formatted(horizon)))
        .anyMatch(line -> line.endsWith("scaling " + scaling));
    String job =
        """
        name: bare
        kafka:
          bootstrap-servers: nowhere:1
        forecast:
          %s:
            model: bare
            file: bare.safetensors
            horizon: %d
        """
            .formatted(mode, horizon);
    double alone = relMae(job + "output: network\n");
    double mixed = relMae(job + "experts: [naive, seasonal-profile]\nseason: 12\n");
    assertThat(alone).isBetween(0.01, 5.0);
    assertThat(mixed).isLessThan(alone);
  }

  private double relMae(String job) throws IOException {
    Path file = dir.resolve("job.yaml");
    Files.writeString(file, job);
    InProcess ended =
        run("evaluate --input %s --job %s --season 12 --format json".formatted(series, file))
            .succeeded();
    JsonNode root = JSON.readTree(ended.out());
    return root.get("geometric_mean_rel_mae").get("weir").asDouble();
  }

  @Test
  void targetsThatTheNetworkHasReadAreRefusedBeforeAnythingIsRead() {
    InProcess ended =
        run("train --input no/such.csv --out %s --loss-steps all-steps".formatted(model)).failed(2);
    assertThat(ended.err())
        .startsWith(
            "weir train: loss-steps: expected after-window for a bidirectional network, got"
                + " all-steps: at step j its backward half has read the value of step j + 1");
    InProcess other =
        run(
            "train --input no/such.csv --out %s --loss-steps all-steps --unidirectional"
                .formatted(model));
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err())
        .startsWith("weir train: loss-steps: expected after-window with scaling");
    assertThat(model).doesNotExist();
  }

  @Test
  void aNetworkOfOneDirectionMayBeTrainedAtAllSteps() {
    InProcess ended =
        run(
            "train --input %s --out %s --loss-steps all-steps --unidirectional --scaling none"
                    .formatted(series, model)
                + " --epochs 10 --learning-rate 0.01");
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    String score = ended.out().replaceFirst("(?s).*held-out error ([0-9.]+) of.*", "$1");
    assertThat(Double.parseDouble(score)).isLessThan(0.9);
  }

  private static InProcess run(String line) {
    return InProcess.run(line.split(" "));
  }
}
