package dev.weir.lab.train;

import dev.weir.cli.console.ProgressLine;
import dev.weir.lab.train.BaseTrainer.Progress;
import dev.weir.cli.option.OutputFile;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.Safetensors;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code weir train --task base}: a network for all series, that combines forecasts or reads
 * windows and seasons.
 */
final class BaseTraining {

  private final OutputFile out;
  private final String name;
  private final TrainingTask<?> task;
  private final BaseTrainer.Settings settings;
  private final List<TrainingSeries> series;
  private final int leftOut;
  private final ProgressLine progressLine = new ProgressLine();

  /**
   * @param without series that none of the others may be a part of
   */
  BaseTraining(
      OutputFile out,
      String name,
      TrainingTask<?> task,
      BaseTrainer.Settings settings,
      List<TrainingSeries> all,
      List<TrainingSeries> without) {
    this.out = out;
    this.name = name;
    this.task = task;
    this.settings = settings;
    SharedStretches stretches = new SharedStretches();
    without.forEach(one -> stretches.add(one.values()));
    this.series = all.stream().filter(one -> !stretches.isKnown(one.values())).toList();
    this.leftOut = all.size() - series.size();
  }

  /**
   * @param restart from scratch, not from what is saved
   * @param last whether the last weights are wanted, not the best
   */
  int run(boolean restart, boolean last) throws IOException {
    TrainingState state = new TrainingState(out.path(), fingerprint());
    long started = System.nanoTime();
    try (BaseTrainer<?> trainer = new BaseTrainer<>(task, settings, series)) {
      System.err.printf(
          "%,d series to learn from, %,d held out, %,d left out; %,d parameters%n",
          trainer.trainedSeries(), trainer.heldOutSeries(), leftOut, task.parameterCount());
      Progress progress = restart ? null : load(state);
      if (progress == null) {
        progress = trainer.begin();
      } else {
        System.err.printf("going on after round %d (%s)%n", progress.round(), state.file());
      }
      while (!trainer.isDone(progress)) {
        progress = trainer.train(progress);
        save(state, progress);
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
          trainer.model(
              name, 1, last ? progress.average() : progress.best(), provenance(progress, last));
      out.write(ModelFiles.toBytes(model));
      state.delete();
      System.out.printf(
          "%s: %s version 1%s%n", out, name, heldOut(", held-out loss ", score(progress, last)));
    } finally {
      progressLine.clear();
    }
    return 0;
  }

  private Map<String, String> provenance(Progress progress, boolean last) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir train --task base");
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("series", Integer.toString(series.size()));
    provenance.put("families", Long.toString(families()));
    provenance.put("seed", Long.toString(settings.seed()));
    provenance.put("samples", Long.toString(settings.samples()));
    provenance.put("held_out_loss", heldOut("", score(progress, last)));
    return provenance;
  }

  private static double score(Progress progress, boolean last) {
    return last ? progress.score() : progress.bestScore();
  }

  /** A score; nothing where no series was held out. */
  private static String heldOut(String before, double score) {
    return Double.isNaN(score) ? "" : "%s%.4f".formatted(before, score);
  }

  private long families() {
    return series.stream().map(TrainingSeries::family).distinct().count();
  }

  private String fingerprint() {
    long hash = 17;
    for (TrainingSeries one : series) {
      hash = 31 * hash + Arrays.hashCode(one.values()) + 7 * one.season();
    }
    return "%s %s %d %d %016x"
        .formatted(task, settings.learningRate(), settings.samples(), settings.seed(), hash);
  }

  private static void save(TrainingState state, Progress progress) throws IOException {
    state.save(
        Map.of(
            "weights", progress.weights(),
            "average", progress.average(),
            "best", progress.best(),
            "optimizer", progress.optimizer()),
        Map.of(
            "round", Integer.toString(progress.round()),
            "updates", Long.toString(progress.updates()),
            "best_score", Double.toString(progress.bestScore())));
  }

  /** Null when there is nothing to go on from. */
  private static Progress load(TrainingState state) throws IOException {
    Safetensors saved = state.load();
    return saved == null
        ? null
        : new Progress(
            Integer.parseInt(saved.metadata().get("round")),
            Long.parseLong(saved.metadata().get("updates")),
            saved.floats("weights"),
            saved.floats("average"),
            saved.floats("optimizer"),
            saved.floats("best"),
            Double.parseDouble(saved.metadata().get("best_score")),
            Double.NaN,
            Double.NaN);
  }
}
