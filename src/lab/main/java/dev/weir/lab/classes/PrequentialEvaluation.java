package dev.weir.lab.classes;

import dev.weir.classify.ClassScore;
import dev.weir.classify.StreamClassifier;
import dev.weir.classify.StreamState;
import dev.weir.cli.console.ProgressLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Classifies each row of a labelled stream before it learns from that row's label.
 *
 * @see <a href="https://doi.org/10.1007/s10994-012-5320-9">Gama, Sebastião and Rodrigues, On
 *     evaluating stream learning algorithms, 2013</a>
 */
final class PrequentialEvaluation {

  private static final int SHOWN_ROWS = 1_000;

  private PrequentialEvaluation() {}

  private record Series(StreamState state, float[] values) {}

  static ClassResult of(Path file, String label, long seed, ProgressLine progress)
      throws IOException {
    LabelledRows.Contents contents = LabelledRows.contents(file, label);
    List<String> classes = List.copyOf(contents.labels().keySet());
    if (classes.size() < 2) {
      throw new IOException(
          "--prequential: expected at least two different labels, got " + classes);
    }
    int width = contents.width();
    StreamClassifier classifier;
    try {
      classifier = new StreamClassifier(StreamClassifier.Settings.of(width, classes.size(), seed));
    } catch (IllegalArgumentException e) {
      throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
    }
    Map<String, ClassScore> scores = new LinkedHashMap<>(); // by method, the mixture's first
    classifier.methods().forEach(name -> scores.put(name, new ClassScore(classes.size())));
    ClassScore mixture = scores.values().iterator().next();
    Map<String, Series> states = new HashMap<>();
    long missing = 0;
    try (LabelledRows rows = LabelledRows.open(file, contents)) {
      for (LabelledRows.Row row = rows.next(); row != null; row = rows.next()) {
        Series series =
            states.computeIfAbsent(
                row.series(), name -> new Series(classifier.newState(), new float[width]));
        missing += update(series.values(), row.values());
        double[][] probabilities = classifier.classify(series.state(), series.values());
        int truth = classes.indexOf(row.label());
        int next = 0;
        for (ClassScore score : scores.values()) {
          score.add(probabilities[next++], truth);
        }
        classifier.learn(series.state(), 0, classes.size(), truth);
        long done = mixture.count();
        if (done % SHOWN_ROWS == 0) {
          progress.show(
              (double) done / contents.rows(),
              ": %,d of %,d rows, accuracy %.4f",
              done,
              contents.rows(),
              mixture.accuracy());
        }
      }
    }
    String note =
        missing == 0 ? "" : "%,d empty fields had the value before them.".formatted(missing);
    scores.values().remove(mixture);
    return new ClassResult(classes, mixture.count(), mixture, scores, note);
  }

  private static int update(float[] values, float[] given) {
    int missing = 0;
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(given[i])) {
        missing++;
      } else {
        values[i] = given[i];
      }
    }
    return missing;
  }
}
