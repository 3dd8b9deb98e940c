package dev.weir.cli.classify;

import dev.weir.classify.LabelledWindows;
import dev.weir.cli.classify.ensemble.ClassifierSettings;
import dev.weir.cli.classify.ensemble.WindowClassifier;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.series.TsFile;
import dev.weir.cli.series.WindowFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Learns the windows of one file and classifies those of another. */
final class WindowEvaluation implements ClassEvaluation {

  private final Path train;
  private final Path test;
  private final long seed;

  WindowEvaluation(Path train, Path test, long seed) {
    this.train = train;
    this.test = test;
    this.seed = seed;
  }

  @Override
  public ClassResult run(ProgressLine progress) throws IOException {
    TsFile.Contents learned = WindowFile.read(train, null);
    LabelledWindows windows = learned.windows();
    TsFile.Contents asked = WindowFile.read(test, windows.classes());
    if (asked.windows().channels() != windows.channels()) {
      throw new IOException(
          "--test: expected %d channels, as in --train, got %d"
              .formatted(windows.channels(), asked.windows().channels()));
    }
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(processors);
    try {
      WindowClassifier classifier =
          WindowClassifier.train(
              windows,
              ClassifierSettings.defaults(seed),
              threads,
              share -> progress.show(share, " of the networks trained"));
      return classify(classifier, asked.windows(), windows.size(), note(learned, asked));
    } finally {
      threads.shutdownNow();
    }
  }

  static String note(TsFile.Contents... files) {
    long missing = Arrays.stream(files).mapToLong(TsFile.Contents::missing).sum();
    return missing == 0
        ? ""
        : "%,d missing values were filled in between their neighbours.".formatted(missing);
  }

  private static ClassResult classify(
      WindowClassifier classifier, LabelledWindows windows, int learned, String note) {
    MethodScores scores = new MethodScores(WindowClassifier.METHODS, windows.classes());
    double[][] probabilities =
        new double[WindowClassifier.METHODS.size()][windows.classes().size()];
    for (int i = 0; i < windows.size(); i++) {
      classifier.classify(windows.windows()[i], probabilities);
      scores.add(probabilities, windows.labels()[i]);
    }
    return scores.result(learned, note);
  }
}
