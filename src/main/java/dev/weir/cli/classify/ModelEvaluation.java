package dev.weir.cli.classify;

import dev.weir.classify.ClassScore;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.Probabilities;
import dev.weir.classify.network.NetworkClassifier;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.series.TsFile;
import dev.weir.cli.series.WindowFile;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Classifies the windows of a file with a model that was trained before. */
final class ModelEvaluation implements ClassEvaluation {

  private final Path file;
  private final Path test;

  ModelEvaluation(Path file, Path test) {
    this.file = file;
    this.test = test;
  }

  @Override
  public ClassResult run(ProgressLine progress) throws IOException {
    ClassifierModel model = ClassifierFiles.read(file, "classifier");
    if (model.mode() != Mode.MANY_TO_ONE) {
      throw new IOException("--classifier: expected a many-to-one model, got " + model);
    }
    TsFile.Contents asked = WindowFile.read(test, model.classes());
    LabelledWindows windows = asked.windows();
    if (windows.channels() != model.view().channels()) {
      throw new IOException(
          "--test: expected %d channels, as the model reads, got %d"
              .formatted(model.view().channels(), windows.channels()));
    }
    NetworkClassifier network = NetworkClassifier.of(model);
    int classes = model.classes().size();
    ClassScore score = new ClassScore(classes);
    float[] logits = new float[classes];
    double[] probabilities = new double[classes];
    for (int i = 0; i < windows.size(); i++) {
      network.logits(windows.windows()[i], logits);
      Probabilities.softmax(logits, model.factor(), probabilities);
      score.add(probabilities, windows.labels()[i]);
    }
    return new ClassResult(
        model.classes(), 0, score, Map.of("network", score), WindowEvaluation.note(asked));
  }
}
