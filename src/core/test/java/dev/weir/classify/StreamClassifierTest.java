package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Allocations;
import dev.weir.classify.StreamClassifier.Settings;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamClassifierTest {

  private static final int WIDTH = 3;
  private static final int CLASSES = 4;

  /** A row and its label. */
  private record Row(float[] values, int label) {}

  /** A machine goes through four states; two values depend on the state, one is noise. */
  private static List<Row> rows(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    int label = 0;
    for (int i = 0; i < count; i++) {
      if (random.nextDouble() < 0.1) {
        label = (label + 1) % CLASSES;
      }
      float[] values = {
        (float) (100 + 10 * (label % 2) + 4 * random.nextGaussian()),
        (float) (0.01 * (label / 2) + 0.004 * random.nextGaussian()),
        (float) random.nextGaussian()
      };
      rows.add(new Row(values, label));
    }
    return rows;
  }

  private static StreamClassifier classifier() {
    return new StreamClassifier(Settings.of(WIDTH, CLASSES, 7));
  }

  private static List<double[]> run(
      StreamClassifier classifier, StreamState state, List<Row> rows) {
    List<double[]> answers = new ArrayList<>();
    for (Row row : rows) {
      answers.add(classifier.classify(state, row.values())[0].clone());
      classifier.learn(state, 0, CLASSES, row.label());
    }
    return answers;
  }

  @Test
  void theMixtureIsAboutAsGoodAsTheBestMethod() {
    StreamClassifier classifier = classifier();
    StreamState state = classifier.newState();
    List<ClassScore> scores = new ArrayList<>();
    classifier.methods().forEach(name -> scores.add(new ClassScore(CLASSES)));
    List<Row> rows = rows(4_000, 1);
    int lastRight = 0;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      lastRight += row.label() == rows.get(Math.max(0, i - 1)).label() ? 1 : 0;
      double[][] probabilities = classifier.classify(state, row.values());
      for (int m = 0; m < scores.size(); m++) {
        double sum = 0;
        for (double probability : probabilities[m]) {
          sum += probability;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
        scores.get(m).add(probabilities[m], row.label());
      }
      classifier.learn(state, 0, CLASSES, row.label());
    }
    double best = scores.stream().skip(1).mapToDouble(ClassScore::logLoss).min().getAsDouble();
    assertThat(scores.get(0).logLoss()).isLessThan(best + 0.02);
    assertThat(scores.get(0).accuracy()).isGreaterThan((double) lastRight / rows.size() + 0.02);
  }

  @Test
  void seriesDoNotDisturbEachOther() {
    StreamClassifier classifier = classifier();
    List<Row> rows = rows(200, 5);
    List<Row> others = rows(200, 6);
    StreamState alone = classifier.newState();
    run(classifier, alone, rows);
    StreamState state = classifier.newState();
    StreamState other = classifier.newState();
    for (int i = 0; i < rows.size(); i++) {
      run(classifier, state, rows.subList(i, i + 1));
      run(classifier, other, others.subList(i, i + 1));
    }
    assertThat(state).usingRecursiveComparison().isEqualTo(alone);
  }

  @Test
  void stackingIsTheMeanUntil100Labels() {
    StreamClassifier classifier = classifier();
    assertThat(classifier.methods()).containsExactly("mixture", "network", "mean", "stacking");
    StreamState state = classifier.newState();
    List<Row> rows = rows(101, 4);
    run(classifier, state, rows.subList(0, 99));
    double[][] of99 = classifier.classify(state, rows.get(99).values());
    assertThat(of99[3]).isEqualTo(of99[2]);
    classifier.learn(state, 0, CLASSES, rows.get(99).label());
    double[][] of100 = classifier.classify(state, rows.get(100).values());
    assertThat(of100[3]).isNotEqualTo(of100[2]);
  }

  /** Of three rows the oldest is not in the next pass, which begins with what it has led to. */
  @Test
  void aPassBeginsAfterTheRowsThatAreNotInIt() {
    int size = 2;
    Parts parts = new Parts();
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, size, 1, false, true);
    OnlineNetwork network = new OnlineNetwork(rnn, 2, 3, 1, 0, parts);
    float[] state = new float[parts.length()];
    network.start(state, 7);
    float[] rows = {1, -2, 0.5f};
    network.logits(state, rows, 0, new float[2]);
    int first = state.length - size; // before it is the hidden state of the newest row
    float[] ofOldest = Arrays.copyOfRange(state, first - size, first);
    network.learn(state, rows, new int[] {0, 1, 0}, 2);
    assertThat(Arrays.copyOfRange(state, first, state.length))
        .containsExactly(ofOldest, within(1e-6f));
  }

  @Test
  void extremeRowsLeaveFiniteAnswers() {
    StreamClassifier classifier = classifier();
    StreamState state = classifier.newState();
    float[][] extremes = {
      {0, 0, 0}, {1e30f, -1e30f, 1e-30f}, {Float.MAX_VALUE, 0, 0}, {-Float.MAX_VALUE, 1, 2}
    };
    for (int i = 0; i < 400; i++) {
      double[] answer = classifier.classify(state, extremes[i % 4].clone())[0];
      for (double probability : answer) {
        assertThat(probability).as("row %d", i).isBetween(0.0, 1.0);
      }
      classifier.learn(state, 0, CLASSES, i % CLASSES);
    }
  }

  /** A large value must not end a feature: a square of it has no place in a float. */
  @Test
  void aLargeValueIsForgotten() {
    Parts parts = new Parts();
    RowScaling scaling = new RowScaling(1, parts);
    float[] state = new float[parts.length()];
    float[] scaled = new float[1];
    scaling.apply(state, new float[] {1e30f}, scaled);
    for (int i = 0; i < 5_000; i++) {
      scaling.apply(state, new float[] {i % 2 * 1e29f}, scaled);
    }
    assertThat(Math.abs(scaled[0])).isBetween(0.3f, 1.5f);
  }

  @Test
  @Tag("own-jvm")
  void aRowAllocatesNothing() {
    StreamClassifier classifier = classifier();
    StreamState state = classifier.newState();
    List<Row> rows = rows(2_000, 8);
    run(classifier, state, rows);
    Allocations.assertNoneOnceWarm(
        rows.size(),
        () -> {
          for (Row row : rows) {
            classifier.classify(state, row.values());
            classifier.learn(state, 0, CLASSES, row.label());
          }
        });
  }

  /** Room for labels that come late changes nothing while they come in time. */
  @Test
  void labelsInTimeNeedNoRoom() {
    List<Row> rows = rows(400, 9);
    StreamClassifier roomy = new StreamClassifier(new Settings(WIDTH, CLASSES, 13, List.of(), 7));
    List<double[]> answers = run(classifier(), classifier().newState(), rows);
    List<double[]> same = run(roomy, roomy.newState(), rows);
    assertThat(same).usingRecursiveComparison().isEqualTo(answers);
  }

  @Test
  void labelsThatComeLateAndInAnyOrderAreLearned() {
    int delay = 5;
    StreamClassifier classifier =
        new StreamClassifier(new Settings(WIDTH, CLASSES, delay + 2, List.of(), 7));
    StreamState state = classifier.newState();
    ClassScore score = new ClassScore(CLASSES);
    int lastRight = 0; // the newest label that is known
    List<Row> rows = rows(4_000, 10);
    for (int i = 0; i < rows.size(); i++) {
      double[][] said = classifier.classify(state, rows.get(i).values());
      score.add(said[0], rows.get(i).label());
      int known = i - delay - i % 2;
      lastRight += known >= 0 && rows.get(known).label() == rows.get(i).label() ? 1 : 0;
      if (i > delay && i % 2 == 0) { // two at once, the newer one first
        classifier.learn(state, delay - 1, CLASSES, rows.get(i - delay + 1).label());
        classifier.learn(state, delay, CLASSES, rows.get(i - delay).label());
        assertThat(classifier.isWaiting(state, delay)).isFalse();
      }
    }
    assertThat(score.accuracy()).isGreaterThan((double) lastRight / rows.size() + 0.1);
    assertThat(score.accuracy()).isGreaterThan(0.75);
  }

  @Test
  void labelsThatNeverComeLeaveOneThatLearns() {
    StreamClassifier classifier =
        new StreamClassifier(new Settings(WIDTH, CLASSES, 3, List.of(), 7));
    StreamState state = classifier.newState();
    ClassScore late = new ClassScore(CLASSES);
    List<Row> rows = rows(6_000, 11);
    for (int i = 0; i < rows.size(); i++) {
      double[] said = classifier.classify(state, rows.get(i).values())[0];
      if (i >= 4_000) {
        late.add(said, rows.get(i).label());
      }
      if (i % 3 == 0) {
        classifier.learn(state, 0, CLASSES, rows.get(i).label());
      }
    }
    assertThat(late.accuracy()).isGreaterThan(0.75);
    assertThat(classifier.isWaiting(state, 0)).isTrue(); // 5,999 had no label
    assertThat(classifier.isWaiting(state, 2)).isFalse(); // 5,997 had one
    assertThatThrownBy(() -> classifier.learn(state, 2, CLASSES, 0))
        .hasMessage("age: expected a row that waits for its label, got 2");
  }

  @Test
  void aClassThatAppearsLaterIsLearned() {
    StreamClassifier classifier = classifier();
    StreamState state = classifier.newState();
    ClassScore late = new ClassScore(CLASSES);
    List<Row> rows = new ArrayList<>(rows(6_000, 12));
    rows.subList(0, 1_000).removeIf(row -> row.label() == 3);
    int known = 1;
    for (int i = 0; i < rows.size(); i++) {
      double[][] said = classifier.classify(state, rows.get(i).values(), known, new double[0][]);
      for (int m = 0; m < said.length; m++) {
        for (int k = known; k < CLASSES; k++) {
          assertThat(said[m][k]).isZero();
        }
      }
      if (i >= 4_000) {
        late.add(said[0], rows.get(i).label());
      }
      known = Math.max(known, rows.get(i).label() + 1);
      classifier.learn(state, 0, known, rows.get(i).label());
    }
    assertThat(late.accuracy()).isGreaterThan(0.85);
  }

  /** Room for more classes changes nothing until there are more. */
  @Test
  void whatWasLearnedOfFewerClassesStays() {
    StreamClassifier small = new StreamClassifier(Settings.of(WIDTH, 2, 7));
    StreamClassifier large = new StreamClassifier(Settings.of(WIDTH, 5, 7));
    StreamState state = small.newState();
    List<Row> rows = rows(1_500, 13).stream().filter(row -> row.label() < 2).toList();
    for (Row row : rows) {
      small.classify(state, row.values());
      small.learn(state, 0, 2, row.label());
    }
    StreamState grown = new StreamState(state);
    large.grow(grown, small);
    for (int i = 0; i < 20; i++) { // the pass over rows of before, too
      double[][] before = small.classify(state, rows.get(i).values());
      double[][] after = large.classify(grown, rows.get(i).values(), 2, new double[0][]);
      for (int m = 0; m < before.length; m++) {
        assertThat(after[m][1]).as("method %d", m).isCloseTo(before[m][1], within(0.01));
      }
      small.learn(state, 0, 2, rows.get(i).label());
      large.learn(grown, 0, 2, rows.get(i).label());
    }
    assertThat(small.classify(state, rows.get(0).values())[0][0]).isNotCloseTo(0.5, within(0.1));
    large.classify(grown, rows.get(0).values(), 3, new double[0][]);
    large.learn(grown, 0, 3, 2);
    assertThat(large.classify(grown, rows.get(1).values(), 3, new double[0][])[0][2]).isPositive();
  }

  /** With forgetting .5; the diagonal is 1, 1, then 2/3, 1 and twice as much of what is left. */
  @Test
  void regressionGrowsWhileTheMeanOfItsDiagonalIsBelowOne() {
    RecursiveRegression regression = new RecursiveRegression(2, 0.5);
    float[] state = Arrays.copyOf(regression.start(), 3 + 2);
    for (int row = 0; row < 2; row++) {
      regression.learn(state, new float[] {1, 0}, new double[] {0.5}, 1, 0);
    }
    assertThat(state[0]).isCloseTo(2 * 2 / 3f - 0.25f / (2 / 3f) * 2 * 4 / 9f, within(1e-6f));
    assertThat(state[2]).isEqualTo(2);
    assertThat(state[3]).isCloseTo(0.5f / 0.75f + 0.5f / (2 / 3f) * 2 / 3f, within(1e-6f));
  }

  @Test
  void wrongSizesAreRefused() {
    StreamClassifier classifier = classifier();
    assertThatThrownBy(() -> classifier.classify(classifier.newState(), new float[2]))
        .hasMessage("row: expected 3 values, got 2");
    assertThatThrownBy(() -> classifier.classify(new StreamState(), new float[3]))
        .hasMessageMatching("state: expected \\d+ numbers of 4 classes, got 0 of 0");
    assertThatThrownBy(() -> Settings.of(1, 1, 1)).hasMessage("classes: expected 2 to 100, got 1");
  }
}
