package dev.weir.lab.train;

import dev.weir.lab.train.WeirTrainer.Progress;
import dev.weir.model.Safetensors;
import dev.weir.model.Safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file beside a model in training from which an interrupted training continues.
 *
 * @param fingerprint of what a training must have in common with a saved state to go on from it
 */
record TrainingState(Path file, String fingerprint) {

  private static final String FINGERPRINT = "fingerprint";

  /** Writes the state; an interruption leaves the one before. */
  void save(Progress progress) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map.of(
            "weights", progress.weights(),
            "average", progress.average(),
            "best", progress.best(),
            "optimizer", progress.optimizer())
        .forEach((name, values) -> tensors.put(name, new Tensor(List.of(values.length), values)));
    Map<String, String> figures = new HashMap<>(Map.of(FINGERPRINT, fingerprint));
    figures.put("round", Integer.toString(progress.round()));
    figures.put("updates", Long.toString(progress.updates()));
    figures.put("best_score", Double.toString(progress.bestScore()));
    Safetensors.writeAtomically(file, Safetensors.toBytes(tensors, figures));
  }

  /**
   * Null when there is nothing to go on from.
   *
   * @throws IOException if it is the state of another training
   */
  Progress load() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    Safetensors saved = Safetensors.read(file);
    if (!fingerprint.equals(saved.metadata().get(FINGERPRINT))) {
      throw new IOException(
          "%s: expected the state of this training, got that of another; use --restart or another"
                  .formatted(file)
              + " --out");
    }
    return new Progress(
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

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
