package dev.weir.cli.model;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.option.OutputFile;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.ModelTrainer;
import dev.weir.forecast.network.ModelTrainer.Progress;
import dev.weir.forecast.network.ModelTrainer.Settings;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.LocalClock;
import dev.weir.model.ModelFiles;
import dev.weir.model.Safetensors;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code weir train --task windows}: trains a network that reads windows of values. */
final class WindowTraining {

  private final OutputFile out;
  private final String name;
  private final Settings settings;
  private final ProgressLine progressLine = new ProgressLine();
  private long started;

  WindowTraining(OutputFile out, String name, Settings settings) {
    this.out = out;
    this.name = name;
    this.settings = settings;
  }

  /**
   * Writes the network with random weights, as training would start: for a job that learns it
   * itself.
   *
   * @return the exit code
   */
  int writeUntrained() throws IOException {
    Map<String, String> provenance =
        Map.of("trained_by", "nobody", "seed", Long.toString(settings.seed()));
    out.write(ModelFiles.toBytes(ModelTrainer.untrained(settings, name, 1, provenance)));
    System.out.printf(
        "%s: %s version 1, %,d random weights (seed %d); repeats the last value%n",
        out, name, settings.network().rnn().parameterCount(), settings.seed());
    return 0;
  }

  /**
   * @param zone of the local time that the network's calendar reads
   * @param restart whether to start from scratch, whatever was saved
   * @return the exit code
   * @throws IllegalArgumentException when a series does not fit the settings
   */
  int run(Map<String, List<Observation>> observations, ZoneId zone, boolean restart)
      throws IOException {
    Map<String, List<Observation>> series = inLocalTime(observations, zone);
    System.err.printf(
        "%,d series, %,d values; %,d parameters%n",
        series.size(),
        series.values().stream().mapToLong(List::size).sum(),
        settings.network().rnn().parameterCount());
    TrainingState state = new TrainingState(out.path(), fingerprint(settings, series));
    started = System.nanoTime();
    try (ModelTrainer trainer = ModelTrainer.of(settings, series.values())) {
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
      ForecastModel model = trainer.model(name, 1, progress, provenance(series, progress, score));
      out.write(ModelFiles.toBytes(model));
      state.delete();
      System.out.printf(
          "%s: %s version 1, held-out error %.4f of the last value's (best epoch %d)%n",
          out, name, score, progress.bestEpoch());
    } finally {
      progressLine.clear();
    }
    return 0;
  }

  /** The same at local times, which are all that training reads of them. */
  private static Map<String, List<Observation>> inLocalTime(
      Map<String, List<Observation>> series, ZoneId zone) {
    LocalClock clock = new LocalClock(zone);
    Map<String, List<Observation>> local = new LinkedHashMap<>();
    series.forEach(
        (name, rows) ->
            local.put(
                name,
                rows.stream()
                    .map(
                        o ->
                            new Observation(
                                name,
                                clock.local(o.time()),
                                o.value(),
                                o.features(),
                                null,
                                o.ahead()))
                    .toList()));
    return local;
  }

  private void show(int epoch, int done, int all) {
    progressLine.show(
        (epoch - 1 + (double) done / all) / settings.epochs(),
        ", epoch %d of %d at most: %3d %% of %,d windows, %.0f s",
        epoch,
        settings.epochs(),
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
      hash = 31 * hash + Arrays.hashCode(values);
      for (Observation observation : observations) { // what the network reads beside the values
        hash = settings.network().calendar().isEmpty() ? hash : 31 * hash + observation.time();
        hash =
            settings.network().features() == 0
                ? hash
                : 31 * hash + Arrays.hashCode(observation.features());
        hash =
            settings.network().ahead() == 0
                ? hash
                : 31 * hash + Arrays.hashCode(observation.ahead());
      }
    }
    return "%s %s %s %s %d %d %d %s %d%s %016x"
        .formatted(
            settings.network().mode().label(),
            settings.network().rnn(),
            settings.network().head(),
            settings.network().scaling().rule(),
            settings.network().seqLen(),
            settings.network().horizon(),
            settings.batch(),
            settings.learningRate(),
            settings.seed(),
            settings.network().calendar().isEmpty()
                ? ""
                : " " + Calendar.labels(settings.network().calendar()),
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
