package dev.weir.lab.classes;

import dev.weir.classify.ClassScore;
import dev.weir.classify.NetworkClassifier;
import dev.weir.classify.Probabilities;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Classifies the windows of a file with a model that was trained before. */
final class ModelEvaluation {

  private ModelEvaluation() {}

  static ClassResult of(Path file, Path test) throws IOException {
    ClassifierModel model = ClassifierFiles.read(file, "classifier");
    TsFile.Contents asked = TsFile.read(test, model.classes());
    if (asked.channels() != model.rnn().inputSize()) {
      throw new IOException(
          "--test: expected %d channels, as the model reads, got %d"
              .formatted(model.rnn().inputSize(), asked.channels()));
    }
    NetworkClassifier network = new NetworkClassifier(model);
    int classes = model.classes().size();
    ClassScore score = new ClassScore(classes);
    float[] logits = new float[classes];
    double[] probabilities = new double[classes];
    for (int i = 0; i < asked.windows().size(); i++) {
      network.logits(asked.windows().get(i), logits);
      Probabilities.softmax(logits, probabilities);
      score.add(probabilities, asked.labels().get(i));
    }
    String note =
        asked.missing() == 0
            ? ""
            : "%,d missing values were filled in between their neighbours."
                .formatted(asked.missing());
    return new ClassResult(model.classes(), 0, score, Map.of("network", score), note);
  }
}
