package dev.weir.lab.train;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.lab.train.WeirTrainer.Progress;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir lab train-weir}: the network that combines forecasts, {@code builtin:weir}. */
@Command(
    name = "train-weir",
    description =
        "Trains a network that combines simple forecasts, as builtin:weir does, on series that each"
            + " file has a family of.",
    footer = {
      "",
      "Example: weir lab train-weir --input corpora --out weir.safetensors --samples 8000000 --seed"
          + " 2"
    })
public final class TrainWeirCommand implements Callable<Integer> {

  private static final int UNITS = 24; // of each candidate and of each step

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "FILE|DIR",
      description = "CSV or JSON lines, or folders of them; each file is a family of series.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--without",
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Leave out each series that shares values with one of these, on whatever scale.")
  private List<Path> without = List.of();

  @Option(
      names = "--samples",
      defaultValue = "6000000",
      description = "Forecasts to learn from (default: ${DEFAULT-VALUE}).")
  private long samples;

  @Option(
      names = "--last",
      description =
          "Write the weights that training ends with, not those that are best on the series that"
              + " are held out.")
  private boolean last;

  @Mixin private SeriesColumns.Options csv;

  @Option(
      names = "--out",
      converter = OutputFile.Converter.class,
      required = true,
      paramLabel = "FILE",
      description = "The model, safetensors; beside it, FILE.progress until training is done.")
  private OutputFile out;

  @Mixin private OutputFile.Force force;

  @Option(names = "--name", defaultValue = "weir", description = "Name of the model.")
  private String name;

  @Option(
      names = "--cell",
      descriptionKey = "forecast.cell",
      description = "The recurrent cell (default: ${DEFAULT-VALUE}).",
      defaultValue = "rnn_tanh")
  private Cell cell;

  @Option(names = "--hidden-size", defaultValue = "16")
  private int hiddenSize;

  @Option(names = "--num-layers", defaultValue = "2")
  private int numLayers;

  @Option(names = "--unidirectional", description = "One direction instead of both.")
  private boolean unidirectional;

  @Option(names = "--learning-rate", defaultValue = "0.004")
  private double learningRate;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(names = "--threads", description = "Default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--restart",
      description = "Start from scratch instead of continuing from FILE.progress.")
  private boolean restart;

  private final ProgressLine progressLine = new ProgressLine();
  private List<TrainingSeries> series;

  @Override
  public Integer call() throws IOException {
    try {
      train();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    } finally {
      progressLine.clear();
    }
    return 0;
  }

  private void train() throws IOException {
    SharedStretches stretches = new SharedStretches();
    if (!without.isEmpty()) {
      TrainingFiles.read(without, SeriesColumns.DEFAULT)
          .forEach(one -> stretches.add(one.values()));
    }
    List<TrainingSeries> all = TrainingFiles.read(inputs, csv.columns());
    series = all.stream().filter(one -> !stretches.isKnown(one.values())).toList();
    CandidateTask task = new CandidateTask(cell, hiddenSize, numLayers, !unidirectional, UNITS);
    Path progressFile = out.path().resolveSibling(out.path().getFileName() + ".progress");
    TrainingState state = new TrainingState(progressFile, fingerprint(task));
    long started = System.nanoTime();
    WeirTrainer.Settings settings = new WeirTrainer.Settings(learningRate, samples, seed, threads);
    try (WeirTrainer trainer = new WeirTrainer(task, settings, series)) {
      System.err.printf(
          "%,d series to learn from, %,d held out, %,d left out; %,d parameters%n",
          trainer.trainedSeries(),
          trainer.heldOutSeries(),
          all.size() - series.size(),
          task.shape().parameterCount());
      Progress progress = restart ? null : state.load();
      if (progress == null) {
        progress = trainer.begin();
      } else {
        System.err.printf("going on after round %d (%s)%n", progress.round(), state.file());
      }
      while (!trainer.isDone(progress)) {
        progress = trainer.train(progress);
        state.save(progress);
        progressLine.show(
            trainer.done(progress),
            ", round %d: loss %.4f, held out %.4f, best %.4f, %.0f s",
            progress.round(),
            progress.loss(),
            progress.score(),
            progress.bestScore(),
            (System.nanoTime() - started) / 1e9);
      }
      ForecastModel model =
          task.model(name, last ? progress.average() : progress.best(), provenance(progress));
      out.write(ModelFiles.toBytes(model));
      state.delete();
      System.out.printf(
          "%s: %s version 1%s%n", out, name, heldOut(", held-out loss ", score(progress)));
    }
  }

  private Map<String, String> provenance(Progress progress) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir lab train-weir");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("series", Integer.toString(series.size()));
    long families = series.stream().map(TrainingSeries::family).distinct().count();
    provenance.put("families", Long.toString(families));
    provenance.put("seed", Long.toString(seed));
    provenance.put("samples", Long.toString(samples));
    provenance.put("held_out_loss", heldOut("", score(progress)));
    return provenance;
  }

  private double score(Progress progress) {
    return last ? progress.score() : progress.bestScore();
  }

  /** A score; nothing where no series was held out. */
  private static String heldOut(String before, double score) {
    return Double.isNaN(score) ? "" : "%s%.4f".formatted(before, score);
  }

  private String fingerprint(CandidateTask task) {
    long hash = 17;
    for (TrainingSeries one : series) {
      hash = 31 * hash + Arrays.hashCode(one.values()) + 7 * one.season();
    }
    return "%s %s %d %d %016x".formatted(task.shape(), learningRate, samples, seed, hash);
  }
}
