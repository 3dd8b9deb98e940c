package dev.weir.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.lab.train.WeirTrainer.Progress;
import dev.weir.lab.train.WeirTrainer.Settings;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.Cell;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WeirTrainerTest {

  private static CandidateTask task() {
    return new CandidateTask(Cell.GRU, 3, 1, true, 5);
  }

  private static Settings settings(long samples, int threads) {
    return new Settings(0.005, samples, 7, threads);
  }

  /** Short series of so many families, so that a round takes little time. */
  private static List<TrainingSeries> series(int families) {
    List<TrainingSeries> series = new ArrayList<>();
    for (int f = 0; f < families; f++) {
      double[] values = new double[120];
      for (int t = 0; t < values.length; t++) {
        values[t] = Math.sin(t * 2 * Math.PI / 12 + f) + 0.05 * Math.sin(t * (1.7 + f));
      }
      series.add(new TrainingSeries("family-" + f, values, 12));
    }
    return series;
  }

  private static Progress train(Settings settings, int rounds) {
    try (WeirTrainer trainer = new WeirTrainer(task(), settings, series(6))) {
      Progress progress = trainer.begin();
      for (int i = 0; i < rounds; i++) {
        progress = trainer.train(progress);
      }
      return progress;
    }
  }

  @Tag("slow")
  @Test
  void theBitsDoNotDependOnThreadsNorOnInterruptions() {
    Progress one = train(settings(1_000_000, 1), 2);
    assertThat(one.updates()).isPositive();
    assertThat(train(settings(1_000_000, 3), 2).weights()).isEqualTo(one.weights());
    Progress half = train(settings(1_000_000, 2), 1);
    try (WeirTrainer trainer = new WeirTrainer(task(), settings(1_000_000, 2), series(6))) {
      Progress rest = trainer.train(half);
      assertThat(rest.weights()).isEqualTo(one.weights());
      assertThat(rest.average()).isEqualTo(one.average());
      assertThat(rest.score()).isEqualTo(one.score());
    }
  }

  @Tag("slow")
  @Test
  void aFamilyIsHeldOutAndTheRestIsLearned() throws IOException {
    Settings settings = settings(60_000, 2);
    try (WeirTrainer trainer = new WeirTrainer(task(), settings, series(6))) {
      assertThat(trainer.heldOutSeries()).isEqualTo(1);
      assertThat(trainer.trainedSeries()).isEqualTo(5);
      Progress first = trainer.train(trainer.begin());
      Progress progress = first;
      while (!trainer.isDone(progress)) {
        progress = trainer.train(progress);
      }
      assertThat(trainer.done(progress)).isEqualTo(1);
      assertThat(progress.bestScore()).isPositive().isLessThan(first.score());
      assertThat(progress.weights()).isNotEqualTo(first.weights());
      ForecastModel model = task().model("mine", progress.best(), Map.of("seed", "7"));
      assertThat(model.combines()).isTrue();
      assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), ModelFiles.Defaults.NONE, "test"))
          .isEqualTo(model);
    }
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> settings(0, 1)).hasMessageContaining("samples: expected 1 to");
    assertThatThrownBy(() -> settings(1, 0)).hasMessageContaining("threads: expected 1 to");
  }

  @Test
  void aSeriesIsKnownByItsValuesWhateverItsScale() {
    Random random = new Random(3);
    double[] values = random.doubles(400).toArray();
    SharedStretches known = new SharedStretches();
    known.add(values);
    double[] part = new double[60];
    double[] other = new double[60];
    for (int i = 0; i < part.length; i++) {
      part[i] = 7 + 1.8 * values[200 + i];
      other[i] = Math.sin(i) + Math.cos(1.7 * i);
    }
    assertThat(known.isKnown(part)).isTrue();
    assertThat(known.isKnown(other)).isFalse();
    assertThat(known.isKnown(new double[100])).as("a constant is nobody's").isFalse();
  }

  @Test
  void theAverageMovesByItsShareOfTheDifference() {
    float[] average = {1f, 2f};
    WeirTrainer.moveTowards(average, new float[] {5f, -2f}, 0.25);
    assertThat(average).containsExactly(2f, 1f);
  }
}
