package dev.weir.cli.model;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Numbers;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir train}: a network of windows, over many series. */
@Command(
    name = "train",
    description = {
      "Trains a network that reads windows of values, over many series, and writes it as"
          + " safetensors. For networks that read more than values: PyTorch, docs/pytorch.md."
    },
    footer = {
      "",
      "Example: weir train --input demand.csv --out demand.safetensors",
      "Example: weir train --input demand.csv --mode many-to-many --cell lstm --out x.safetensors",
      "Then:    weir model publish demand.safetensors"
    })
public final class TrainCommand implements Callable<Integer> {

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "FILE|DIR",
      description = "Series to learn from: CSV files or folders of them.")
  private List<Path> inputs = List.of();

  @Mixin private SeriesColumns.Options csv;

  @Option(
      names = "--out",
      converter = OutputFile.Converter.class,
      required = true,
      paramLabel = "FILE",
      description = "The model, safetensors.")
  private OutputFile out;

  @Mixin private OutputFile.Force force;

  @Option(
      names = "--name",
      descriptionKey = "forecast.model",
      description = "Name of the model; by default the file's.")
  private String name;

  @Option(
      names = "--mode",
      descriptionKey = "forecast.mode",
      defaultValue = DeclaredOptions.DEFAULT)
  private Mode mode;

  @Option(
      names = "--seq-len",
      descriptionKey = "window.seq-len",
      defaultValue = DeclaredOptions.DEFAULT)
  private int seqLen;

  @Option(
      names = "--horizon",
      descriptionKey = "forecast.horizon",
      description = "${declared}, else by default ${default}.")
  private Integer horizon;

  @Option(
      names = "--cell",
      descriptionKey = "forecast.cell",
      description = "The recurrent cell (default: ${DEFAULT-VALUE}).",
      defaultValue = "gru")
  private Cell cell;

  @Option(names = "--hidden-size", defaultValue = "16")
  private int hiddenSize;

  @Option(names = "--num-layers", defaultValue = "2")
  private int numLayers;

  @Option(names = "--unidirectional", description = "One direction instead of both.")
  private boolean unidirectional;

  @Option(
      names = "--epochs",
      defaultValue = "40",
      description =
          "At most (default: ${DEFAULT-VALUE}); ends after 6 without a better validation.")
  private int epochs;

  @Option(names = "--learning-rate", defaultValue = "0.002")
  private double learningRate;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  private final ProgressLine progressLine = new ProgressLine();

  @Override
  public Integer call() throws IOException {
    String file = out.path().getFileName().toString();
    String modelName = name != null ? name : file.replaceFirst("\\.safetensors$", "");
    if (!ForecastModel.isName(modelName)) {
      throw new UsageException("--name: " + ForecastOptions.MODEL.wrong(modelName));
    }
    try {
      train(modelName, settings());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    } finally {
      progressLine.clear();
    }
    return 0;
  }

  private Settings settings() {
    int usual = mode == Mode.MANY_TO_MANY ? seqLen : ForecastOptions.HORIZON.defaultValue();
    RnnConfig rnn = new RnnConfig(cell, 1, hiddenSize, numLayers, !unidirectional, true);
    int steps = horizon == null ? usual : horizon;
    return new Settings(mode, rnn, seqLen, steps, learningRate, epochs, seed);
  }

  private void train(String modelName, Settings settings) throws IOException {
    List<double[]> series =
        SeriesFiles.observations(inputs, List.of(), csv.columns(), false).values().stream()
            .map(rows -> rows.stream().mapToDouble(Observation::value).toArray())
            .toList();
    long values = series.stream().mapToLong(one -> one.length).sum();
    ModelTrainer trainer = new ModelTrainer(settings, series);
    System.err.printf(
        "%,d series, %s; %,d parameters%n",
        series.size(), Numbers.counted(values, "value"), settings.rnn().parameterCount());
    while (!trainer.isDone()) {
      double error = trainer.train(this::show);
      progressLine.line(
          "validation error %.4f of the last value's, best epoch %d", error, trainer.bestEpoch());
    }
    double score = trainer.score();
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train");
    provenance.put("series", Integer.toString(series.size()));
    provenance.put("values", Long.toString(values));
    provenance.put("epoch", Integer.toString(trainer.bestEpoch()));
    provenance.put("held_out_rel_mae", "%.4f".formatted(score));
    out.write(ModelFiles.toBytes(trainer.model(modelName, provenance)));
    System.out.printf(
        "%s: %s version 1, held-out error %.4f of the last value's (best epoch %d)%n",
        out, modelName, score, trainer.bestEpoch());
  }

  private void show(int epoch, int done, int all) {
    progressLine.show(
        (epoch - 1 + (double) done / all) / epochs,
        ", epoch %d of %d at most: %3d %% of %,d windows",
        epoch,
        epochs,
        100L * done / all,
        all);
  }
}
