package dev.weir.cli.model;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesFiles;
import dev.weir.cli.series.SeriesLayout;
import dev.weir.cli.series.TrainingFiles;
import dev.weir.forecast.Observation;
import dev.weir.forecast.expert.recurrent.NetworkTraining.Targets;
import dev.weir.forecast.network.ModelTrainer;
import dev.weir.forecast.network.ModelTrainer.Progress;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.forecast.pretraining.BaseTrainer;
import dev.weir.forecast.pretraining.CandidateTask;
import dev.weir.forecast.pretraining.SeasonalTask;
import dev.weir.forecast.pretraining.TrainingSeries;
import dev.weir.forecast.pretraining.TrainingTask;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Safetensors;
import dev.weir.model.Scaling;
import dev.weir.option.ForecastOptions;
import dev.weir.rnn.cell.Cell;
import dev.weir.rnn.cell.RnnConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir train}: a base model over many series. */
@Command(
    name = "train",
    description = "Trains a base model over many series and writes it as safetensors.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example: weir train --input demand.csv --out demand.safetensors --name demand",
      "Then:    weir model publish demand.safetensors"
    })
public final class TrainCommand implements Callable<Integer> {

  @Option(
      names = "--task",
      defaultValue = "windows",
      description =
          "windows: a network that reads windows of values; base: one for all series, that combines"
              + " simple forecasts as builtin:weir does or, with --mode, reads windows and what was"
              + " a season and a week before (default: ${DEFAULT-VALUE}).")
  private Task task;

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Series to learn from: CSV files or folders of them; for base also JSON lines, each file"
              + " a family of series.")
  private List<Path> inputs;

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
      names = "--synthetic",
      defaultValue = "2000",
      description =
          "Base: series that are made at random beside those (default: ${DEFAULT-VALUE}).")
  private int synthetic;

  @Option(
      names = "--last",
      description =
          "Base: write the weights that training ends with, not those that are best on the series"
              + " that are held out.")
  private boolean last;

  @Option(
      names = "--columns",
      converter = SeriesColumns.Converter.class,
      paramLabel = SeriesColumns.LABEL,
      description = SeriesColumns.OPTION)
  private SeriesColumns columns = SeriesColumns.DEFAULT;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model, safetensors; beside it, FILE.progress until training is done.")
  private Path out;

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

  @Option(
      names = "--hidden-size",
      description = "Default: 16; without a head always the horizon, many-to-many 1.")
  private Integer hiddenSize;

  @Option(names = "--num-layers", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
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
      names = "--targets",
      descriptionKey = "learning.targets",
      description =
          "all-steps: each step of the window answers for what follows it; for many-to-one in one"
              + " direction with scaling none.",
      defaultValue = DeclaredOptions.DEFAULT)
  private Targets targets;

  @Option(
      names = "--epochs",
      defaultValue = "40",
      description = "At most (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--patience",
      defaultValue = "6",
      description =
          "Stop after so many epochs without a better validation (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Option(names = "--batch", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--learning-rate", description = "Default: 0.002; for base 0.004.")
  private Double learningRate;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--threads", description = "Default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--restart",
      description = "Start from scratch instead of continuing from FILE.progress.")
  private boolean restart;

  private static final int UNITS = 24; // of a network that combines forecasts

  /** Of a network for all series that reads windows. */
  private static final int SEASONAL_HIDDEN_SIZE = 32;

  /** Options that only one of the tasks has. */
  private static final List<String> OF_BASE =
      List.of("--without", "--samples", "--synthetic", "--last");

  private static final List<String> OF_WINDOWS =
      List.of(
          "--horizon",
          "--features",
          "--calendar",
          "--head",
          "--scaling",
          "--targets",
          "--epochs",
          "--patience",
          "--batch");

  @Spec private CommandSpec spec;

  /** What is trained. */
  enum Task {
    windows,
    base
  }

  /** What makes the forecast of the network's output. */
  enum Head {
    linear,
    none
  }

  private long started;
  private final ProgressLine progressLine = new ProgressLine(2_000_000_000L);

  @Override
  public Integer call() throws IOException {
    String modelName =
        name != null ? name : out.getFileName().toString().replaceFirst("\\.safetensors$", "");
    if (!ForecastModel.isName(modelName)) {
      throw new ParameterException(
          spec.commandLine(), "weir train: --name: " + ForecastOptions.MODEL.wrong(modelName));
    }
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(
          spec.commandLine(),
          "weir train: --out: expected a file in a folder that exists, got %s".formatted(out));
    }
    checkTask();
    if (task == Task.base) {
      return trainBase(modelName);
    }
    Settings settings = settings();
    Map<String, List<Observation>> series =
        SeriesFiles.observations(inputs, List.of(), SeriesLayout.LONG, columns);
    System.err.printf(
        "%,d series, %,d values; %,d parameters%n",
        series.size(),
        series.values().stream().mapToLong(List::size).sum(),
        settings.rnn().parameterCount());
    TrainingState state = new TrainingState(out, fingerprint(settings, series));
    started = System.nanoTime();
    try (ModelTrainer trainer = trainer(settings, series)) {
      Progress progress = restart ? null : load(state);
      if (progress == null) {
        progress = trainer.begin();
      } else {
        System.err.printf("going on after epoch %d (%s)%n", progress.epoch(), state.file());
      }
      while (!trainer.isDone(progress)) {
        progress = trainer.train(progress, this::show);
        save(state, progress);
        progressLine.line(
            "epoch %d: validation error %.4f of the last value's, best %.4f (epoch %d)",
            progress.epoch(), progress.score(), progress.bestScore(), progress.bestEpoch());
      }
      if (trainer.skippedUpdates() > 0) {
        System.err.printf(
            "%,d mini-batches left out, whose loss was not a finite number%n",
            trainer.skippedUpdates());
      }
      double score = trainer.score(progress);
      ForecastModel model =
          trainer.model(modelName, 1, progress, provenance(series, progress, score));
      ModelFiles.write(model, out);
      state.delete();
      System.out.printf(
          "%s: %s version 1, held-out error %.4f of the last value's (best epoch %d)%n",
          out, modelName, score, progress.bestEpoch());
    } finally {
      progressLine.clear();
    }
    return 0;
  }

  /** What could have no effect is a mistake. */
  private void checkTask() {
    List<String> unread = task == Task.base ? OF_WINDOWS : OF_BASE;
    for (String option : unread) {
      if (isGiven(option)) {
        throw new ParameterException(
            spec.commandLine(),
            "weir train: %s: expected none with --task %s, got one".formatted(option, task));
      }
    }
    if (task == Task.base && isGiven("--seq-len") && !isGiven("--mode")) {
      throw new ParameterException(
          spec.commandLine(), "weir train: --seq-len: expected --mode beside it, got none");
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
        without.isEmpty() ? List.of() : TrainingFiles.read(without, SeriesColumns.DEFAULT);
    List<TrainingSeries> series = TrainingFiles.read(inputs, columns);
    try {
      BaseTrainer.Settings settings =
          new BaseTrainer.Settings(
              learningRate == null ? 0.004 : learningRate, samples, synthetic, seed, threads);
      return new BaseTraining(out, modelName, baseTask(), settings, series, others)
          .run(restart, last);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "weir train: " + e.getMessage(), e);
    }
  }

  private Settings settings() {
    int steps =
        horizon != null
            ? horizon
            : mode == Mode.MANY_TO_MANY ? seqLen : ForecastOptions.HORIZON.defaultValue();
    int bare = mode == Mode.MANY_TO_ONE ? steps : 1;
    int units = hiddenSize != null ? hiddenSize : head == Head.none ? bare : 16;
    if (scaling.rule() == Scaling.Rule.FIXED) {
      throw new ParameterException(
          spec.commandLine(), "weir train: --scaling: expected none, window or last, got fixed");
    }
    try {
      return new Settings(
          mode,
          new RnnConfig(
              cell == null ? Cell.RNN_TANH : cell,
              1 + features + Calendar.inputs(calendar),
              units,
              numLayers,
              !unidirectional,
              true),
          head == Head.linear,
          scaling,
          targets,
          seqLen,
          steps,
          batch,
          learningRate == null ? 0.002 : learningRate,
          epochs,
          patience,
          seed,
          threads,
          calendar);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "weir train: " + e.getMessage(), e);
    }
  }

  private ModelTrainer trainer(Settings settings, Map<String, List<Observation>> series) {
    try {
      return ModelTrainer.of(settings, series.values());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "weir train: " + e.getMessage(), e);
    }
  }

  private void show(int epoch, int done, int all) {
    progressLine.show(
        (epoch - 1 + (double) done / all) / epochs,
        "epoch %d of %d at most: %3d%% of %,d windows, %.0f s",
        epoch,
        epochs,
        100L * done / all,
        all,
        (System.nanoTime() - started) / 1e9);
  }

  private Map<String, String> provenance(
      Map<String, List<Observation>> series, Progress progress, double score) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("series", Integer.toString(series.size()));
    provenance.put("values", Long.toString(series.values().stream().mapToLong(List::size).sum()));
    provenance.put("epoch", Integer.toString(progress.bestEpoch()));
    provenance.put("validation_rel_mae", "%.4f".formatted(progress.bestScore()));
    provenance.put("held_out_rel_mae", "%.4f".formatted(score));
    return provenance;
  }

  /** What training must have in common with a saved state to go on from it. */
  private static String fingerprint(Settings settings, Map<String, List<Observation>> series) {
    long hash = 17;
    for (List<Observation> observations : series.values()) {
      double[] values = observations.stream().mapToDouble(Observation::value).toArray();
      hash = 31 * hash + java.util.Arrays.hashCode(values);
      for (Observation observation : observations) { // what the network reads beside the values
        hash = settings.calendar().isEmpty() ? hash : 31 * hash + observation.time();
        hash =
            settings.features() == 0
                ? hash
                : 31 * hash + java.util.Arrays.hashCode(observation.features());
      }
    }
    return "%s %s %s %s %s %d %d %d %s %d%s %016x"
        .formatted(
            settings.mode().label(),
            settings.rnn(),
            settings.head(),
            settings.scaling().rule(),
            settings.targets(),
            settings.seqLen(),
            settings.horizon(),
            settings.batch(),
            settings.learningRate(),
            settings.seed(),
            settings.calendar().isEmpty() ? "" : " " + Calendar.labels(settings.calendar()),
            hash);
  }

  private static void save(TrainingState state, Progress progress) throws IOException {
    state.save(
        Map.of(
            "weights", progress.weights(),
            "best", progress.best(),
            "optimizer", progress.optimizer()),
        Map.of(
            "epoch", Integer.toString(progress.epoch()),
            "best_epoch", Integer.toString(progress.bestEpoch()),
            "best_score", Double.toString(progress.bestScore())));
  }

  /** Null when there is nothing to go on from. */
  private static Progress load(TrainingState state) throws IOException {
    Safetensors saved = state.load();
    return saved == null
        ? null
        : new Progress(
            Integer.parseInt(saved.metadata().get("epoch")),
            Double.NaN,
            saved.floats("weights"),
            saved.floats("best"),
            Integer.parseInt(saved.metadata().get("best_epoch")),
            Double.parseDouble(saved.metadata().get("best_score")),
            saved.floats("optimizer"));
  }
}
