package dev.weir.cli.model;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.grid.SamplingOptions;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.option.TaskOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.cli.series.SeriesLayout;
import dev.weir.forecast.network.ModelTrainer.Network;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Scaling;
import dev.weir.option.ForecastOptions;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir train}: a base model over many series. */
@Command(
    name = "train",
    description = "Trains a base model over many series and writes it as safetensors.",
    abbreviateSynopsis = true,
    footer = {
      "",
      "Other task: weir train --task base --help",
      "Example: weir train --input demand.csv --out demand.safetensors --name demand",
      "Then:    weir model publish demand.safetensors",
      "Example: weir train --input demand.csv --columns time=ts,value=load,ahead=temperature"
          + " --out x.safetensors",
      "Example: weir train --epochs 0 --seq-len 24 --out start.safetensors"
    })
public final class TrainCommand implements Callable<Integer>, TaskOptions {

  @Option(
      names = "--task",
      defaultValue = "windows",
      description =
          "windows: a network that reads windows of values; base: one for all series, that combines"
              + " simple forecasts as builtin:weir does or, with --mode, reads windows and what was"
              + " a season and a week before (default: ${DEFAULT-VALUE}).")
  private Task task = Task.windows; // also where parsing fails

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Series to learn from: CSV files or folders of them; for base also JSON lines, each file"
              + " a family of series.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--without",
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Base: leave out each series that shares values with one of these, on whatever scale.")
  private List<Path> without = List.of();

  @Option(
      names = "--samples",
      defaultValue = "6000000",
      description = "Base: forecasts to learn from (default: ${DEFAULT-VALUE}).")
  private long samples;

  @Option(
      names = "--last",
      description =
          "Base: write the weights that training ends with, not those that are best on the series"
              + " that are held out.")
  private boolean last;

  @Mixin private SeriesColumns.CovariateOptions csv;

  @Option(
      names = "--out",
      converter = OutputFile.Converter.class,
      required = true,
      paramLabel = "FILE",
      description = "The model, safetensors; beside it, FILE.progress until training is done.")
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
      names = "--cell",
      descriptionKey = "forecast.cell",
      description = "The recurrent cell (default: rnn_tanh).")
  private Cell cell;

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
      names = "--features",
      descriptionKey = "window.features",
      defaultValue = DeclaredOptions.DEFAULT)
  private int features;

  @Option(
      names = "--calendar",
      split = ",",
      paramLabel = "hour-of-day,...",
      descriptionKey = "window.calendar")
  private List<Calendar> calendar = List.of();

  @Option(names = "--time-zone", paramLabel = "ZONE", descriptionKey = "window.time-zone")
  private ZoneId zone = ForecastOptions.TIME_ZONE.defaultValue();

  @Option(
      names = "--hidden-size",
      description = "Default: 16; without a head always the horizon, many-to-many 1.")
  private Integer hiddenSize;

  @Option(names = "--num-layers", defaultValue = "2")
  private int numLayers;

  @Option(names = "--unidirectional", description = "One direction instead of both.")
  private boolean unidirectional;

  @Option(
      names = "--head",
      defaultValue = "linear",
      description =
          "linear, or none: the hidden state itself is the forecast (default: ${DEFAULT-VALUE}).")
  private Head head;

  @Option(
      names = "--scaling",
      descriptionKey = "forecast.scaling",
      description = "How a window is scaled, not fixed.",
      defaultValue = "last")
  private Scaling scaling;

  @Option(
      names = "--epochs",
      defaultValue = "40",
      description =
          "At most (default: ${DEFAULT-VALUE}). 0: writes random weights, for learning.shared of a"
              + " job; needs no --input.")
  private int epochs;

  @Option(
      names = "--patience",
      defaultValue = "6",
      description =
          "Stop after so many epochs without a better validation (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(names = "--batch", defaultValue = "32")
  private int batch;

  @Option(names = "--learning-rate", description = "Default: 0.002; for base 0.004.")
  private Double learningRate;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(names = "--threads", description = "Default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--restart",
      description = "Start from scratch instead of continuing from FILE.progress.")
  private boolean restart;

  @Mixin private SamplingOptions sampling;

  private static final int UNITS = 24; // of a network that combines forecasts

  /** Of a network for all series that reads windows. */
  private static final int SEASONAL_HIDDEN_SIZE = 32;

  private static final List<String> OF_BASE = List.of("--without", "--samples", "--last");

  private static final List<String> OF_WINDOWS =
      List.of(
          ("--horizon --features --calendar --time-zone --head --scaling" + " --epochs --batch")
              .split(" "));

  /** Options of which a task has no use. */
  private static final Map<Task, List<String>> UNREAD =
      Map.of(
          Task.windows,
          OF_BASE,
          Task.base,
          Stream.concat(OF_WINDOWS.stream(), Stream.of("--patience")).toList());

  @Spec private CommandSpec spec;

  enum Task {
    windows,
    base
  }

  /** What makes the forecast of the network's output. */
  enum Head {
    linear,
    none
  }

  @Override
  public boolean reads(String option) {
    return !UNREAD.get(task).contains(option);
  }

  @Override
  public Integer call() throws IOException {
    try {
      return train();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private int train() throws IOException {
    String modelName =
        name != null
            ? name
            : out.path().getFileName().toString().replaceFirst("\\.safetensors$", "");
    if (!ForecastModel.isName(modelName)) {
      throw new UsageException("--name: " + ForecastOptions.MODEL.wrong(modelName));
    }
    checkTask();
    checkInputs();
    if (task == Task.base) {
      return trainBase(modelName);
    }
    WindowTraining training = new WindowTraining(out, modelName, settings());
    if (epochs == 0) {
      return training.writeUntrained();
    }
    return training.run(
        sampling.pieces(
            "weir train",
            SeriesFiles.observations(inputs, List.of(), SeriesLayout.LONG, csv.columns())),
        zone,
        restart);
  }

  /** What could have no effect is a mistake. */
  private void checkTask() {
    UsageException.check(
        !isGiven("--time-zone") || !calendar.isEmpty(), "--time-zone", "--calendar as well", null);
    for (String option : UNREAD.get(task)) {
      UsageException.check(!isGiven(option), option, "none with --task " + task, "one");
    }
    UsageException.check(
        !isGiven("--seq-len") || task == Task.windows || isGiven("--mode"),
        "--seq-len",
        "--mode as well",
        null);
    boolean readsAhead = task == Task.windows && epochs > 0;
    UsageException.check(
        csv.columns().ahead().isEmpty() || readsAhead,
        "--columns ahead",
        "none with " + (task == Task.windows ? "--epochs 0" : "--task " + task),
        "some");
  }

  private void checkInputs() {
    boolean isUntrained = task == Task.windows && epochs == 0;
    UsageException.check(
        !isUntrained || inputs.isEmpty(), "--input", "none with --epochs 0", inputs);
    if (!isUntrained && inputs.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--input=FILE|DIR'");
    }
  }

  /** With a mode a network that reads windows, else one that combines forecasts. */
  private TrainingTask<?> baseTask() {
    Cell of = cell == null ? Cell.RNN_TANH : cell;
    return isGiven("--mode")
        ? new SeasonalTask(
            mode,
            seqLen,
            of,
            hiddenSize == null ? SEASONAL_HIDDEN_SIZE : hiddenSize,
            numLayers,
            !unidirectional)
        : new CandidateTask(
            of, hiddenSize == null ? 16 : hiddenSize, numLayers, !unidirectional, UNITS);
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private int trainBase(String modelName) throws IOException {
    List<TrainingSeries> others =
        without.isEmpty()
            ? List.of()
            : TrainingFiles.read(without, SeriesColumns.DEFAULT, sampling);
    List<TrainingSeries> series = TrainingFiles.read(inputs, csv.columns(), sampling);
    BaseTrainer.Settings settings =
        new BaseTrainer.Settings(
            learningRate == null ? 0.004 : learningRate, samples, seed, threads);
    return new BaseTraining(out, modelName, baseTask(), settings, series, others)
        .run(restart, last);
  }

  private Settings settings() {
    int steps =
        horizon != null
            ? horizon
            : mode == Mode.MANY_TO_MANY ? seqLen : ForecastOptions.HORIZON.defaultValue();
    int units = hiddenSize != null ? hiddenSize : 16;
    UsageException.check(
        scaling.rule() != Scaling.Rule.FIXED, "--scaling", "none, window or last", "fixed");
    if (hiddenSize == null && head == Head.none) {
      units = mode == Mode.MANY_TO_ONE ? steps : 1;
    }
    int ahead = csv.columns().ahead().size();
    Network network =
        new Network(
            mode,
            new RnnConfig(
                cell == null ? Cell.RNN_TANH : cell,
                1 + features + Calendar.inputs(calendar) + ahead * steps,
                units,
                numLayers,
                !unidirectional,
                true),
            head == Head.linear,
            scaling,
            seqLen,
            steps,
            calendar,
            ahead);
    return new Settings(
        network,
        batch,
        learningRate == null ? 0.002 : learningRate,
        epochs == 0 ? 1 : epochs,
        patience,
        seed,
        threads);
  }
}
