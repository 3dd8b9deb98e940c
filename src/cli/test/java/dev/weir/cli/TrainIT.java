package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From series to a network of windows, and from that to a job's forecasts. */
class TrainIT {

  @TempDir private Path dir;
  private Path series;
  private Path model;

  @BeforeEach
  void writeSeries() throws IOException {
    series = dir.resolve("series.csv");
    model = dir.resolve("wave.safetensors");
    StringBuilder csv = new StringBuilder("series_id,timestamp,value\n");
    Random random = new Random(20);
    for (int t = 0; t < 300; t++) {
      double value = Math.sin(2 * Math.PI * t / 12) + 0.4 * random.nextGaussian();
      csv.append("wave,").append(Instant.ofEpochSecond(3600L * t)).append(',');
      csv.append(value).append('\n');
    }
    Files.writeString(series, csv);
  }

  @ParameterizedTest
  @CsvSource({"many-to-one, gru, 3", "many-to-many, lstm, 5"})
  void aNetworkGoesFromTrainingIntoAJob(String mode, String cell, int horizon) throws IOException {
    InProcess trained =
        run(
            "train --input %s --out %s --mode %s --cell %s --epochs 12 --learning-rate 0.01"
                    .formatted(series, model, mode, cell)
                + (horizon == 3 ? " --horizon 3" : ""));
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("1 series, 300 values");
    assertThat(trained.out()).contains("wave version 1, held-out error 0.");
    assertThat(run("model inspect " + model).out().lines())
        .anyMatch(line -> line.matches("head +linear, reads .*"))
        .anyMatch(line -> line.matches("window +seq_len 5 -> horizon %d, .*".formatted(horizon)))
        .anyMatch(line -> line.contains("%s, input_size 1".formatted(cell.toUpperCase())));
    String job =
        """
        name: wave
        kafka:
          bootstrap-servers: nowhere:1
        forecast:
          %s:
            model: wave
            file: wave.safetensors
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
    JsonNode root = new ObjectMapper().readTree(ended.out());
    return root.get("geometric_mean_rel_mae").get("weir").asDouble();
  }

  @ParameterizedTest
  @CsvSource({"many-to-one, 2", "many-to-many, 5"})
  void builtInNetworksAreThoseOfTheCommand(String mode, int horizon) throws IOException {
    String location = "builtin:window-" + mode;
    ForecastModel builtIn =
        ModelFiles.fromBytes(BuiltInModels.bytes(location), ModelFiles.Defaults.NONE, location);
    assertThat(builtIn.horizon()).isEqualTo(horizon);
    run("train --input %s --out %s --mode %s --epochs 1 --name window-%s"
            .formatted(series, model, mode, mode))
        .succeeded();
    ForecastModel made = ModelFiles.read(model, ModelFiles.Defaults.NONE);
    assertThat(made.rnn()).isEqualTo(builtIn.rnn());
    assertThat(made.seqLen()).isEqualTo(builtIn.seqLen());
    assertThat(made.horizon()).isEqualTo(builtIn.horizon());
    assertThat(made.name()).isEqualTo(builtIn.name());
    assertThat(made.scaling()).isEqualTo(builtIn.scaling()).isEqualTo(Scaling.LAST);
  }

  @Test
  void whatCannotBeTrainedIsRefusedInOneLine() {
    String train = "train --input %s --out %s ".formatted(series, model);
    assertThat(run(train + "--seq-len 290").err())
        .contains("weir train: series: expected one at least of ");
    assertThat(model).doesNotExist();
  }

  private static InProcess run(String line) {
    return InProcess.run(line.split(" "));
  }
}
