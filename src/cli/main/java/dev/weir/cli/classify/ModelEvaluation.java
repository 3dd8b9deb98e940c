package dev.weir.cli.classify;

import dev.weir.classify.ClassScore;
import dev.weir.classify.LabelledSequences;
import dev.weir.classify.LabelledWindows;
import dev.weir.classify.NetworkClassifier;
import dev.weir.classify.Probabilities;
import dev.weir.cli.series.TsFile;
import dev.weir.cli.series.WindowFile;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Classifies the windows, or the steps, of a file with a model that was trained before. */
final class ModelEvaluation {

  private final Path file;
  private final Path test;
  private final Integer seqLen;

  /**
   * @param seqLen steps that a many-to-many model sees up to the one that it answers for; null:
   *     each series as a whole, from which it answers for each step
   */
  ModelEvaluation(Path file, Path test, Integer seqLen) {
    this.file = file;
    this.test = test;
    this.seqLen = seqLen;
  }

  ClassResult run() throws IOException {
    ClassifierModel model = ClassifierFiles.read(file, "classifier");
    if (model.mode() == Mode.MANY_TO_MANY) {
      return steps(model);
    }
    if (seqLen != null) {
      throw new IOException("--seq-len: expected a many-to-many model as well, got " + model);
    }
    TsFile.Contents asked = WindowFile.read(test, model.classes());
    LabelledWindows windows = asked.windows();
    checkChannels(model, windows.channels());
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
        model.classes(),
        0,
        score,
        Map.of(model.convolution() == null ? "network" : "network, convolution", score),
        note(asked.missing()));
  }

  private static String note(long missing) {
    return missing == 0
        ? ""
        : "%,d missing values were filled in between their neighbours.".formatted(missing);
  }

  private ClassResult steps(ClassifierModel model) throws IOException {
    LabelledSequences series = WindowFile.sequences(test, model.classes());
    checkChannels(model, series.channels());
    NetworkClassifier network = NetworkClassifier.of(model);
    int classes = model.classes().size();
    ClassScore score = new ClassScore(classes);
    double[] probabilities = new double[classes];
    for (int i = 0; i < series.size(); i++) {
      int[] labels = series.labels()[i];
      float[][] logits = logits(network, series.values()[i], labels.length, classes);
      for (int t = 0; t < labels.length; t++) {
        Probabilities.softmax(logits[t], model.factor(), probabilities);
        score.add(probabilities, labels[t]);
      }
    }
    return new ClassResult(model.classes(), 0, score, Map.of("network", score), "");
  }

  private float[][] logits(NetworkClassifier network, float[] values, int steps, int classes) {
    float[][] logits = new float[steps][classes];
    if (seqLen == null) {
      float[] all = new float[steps * classes];
      network.stepLogits(values, all);
      for (int t = 0; t < steps; t++) {
        System.arraycopy(all, t * classes, logits[t], 0, classes);
      }
      return logits;
    }
    for (int t = 0; t < steps; t++) {
      network.logitsAt(values, t, seqLen, logits[t]);
    }
    return logits;
  }

  private static void checkChannels(ClassifierModel model, int channels) throws IOException {
    if (channels != model.view().channels()) {
      throw new IOException(
          "--test: expected %d channels, as the model reads, got %d"
              .formatted(model.view().channels(), channels));
    }
  }
}
