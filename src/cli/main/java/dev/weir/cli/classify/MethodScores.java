package dev.weir.cli.classify;

import dev.weir.classify.ClassScore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of a mixture and of each of its methods. */
final class MethodScores {

  private final List<String> methods;
  private final List<String> classes;
  private final ClassScore[] scores;

  /**
   * @param methods names, the mixture's first
   */
  MethodScores(List<String> methods, List<String> classes) {
    this.methods = methods;
    this.classes = classes;
    this.scores = new ClassScore[methods.size()];
    for (int m = 0; m < scores.length; m++) {
      scores[m] = new ClassScore(classes.size());
    }
  }

  /**
   * Counts what all methods say of one window or row.
   *
   * @param probabilities (methods)(classes)
   */
  void add(double[][] probabilities, int truth) {
    for (int m = 0; m < scores.length; m++) {
      scores[m].add(probabilities[m], truth);
    }
  }

  ClassScore mixture() {
    return scores[0];
  }

  ClassResult result(long learned, String note) {
    Map<String, ClassScore> alone = new LinkedHashMap<>();
    for (int m = 1; m < scores.length; m++) {
      alone.put(methods.get(m), scores[m]);
    }
    return new ClassResult(classes, learned, scores[0], alone, note);
  }
}
