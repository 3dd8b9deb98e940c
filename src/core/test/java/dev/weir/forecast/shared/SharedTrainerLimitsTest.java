package dev.weir.forecast.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a {@link SharedTrainer} keeps, and does at a time. */
class SharedTrainerLimitsTest {

  private static final ForecastModel START = Fleet.untrained(6);
  private static final int SERIES = 200;
  private static final int VALUES = 300;

  private static List<SampledValue> samples() {
    double[][] fleet = new double[SERIES][];
    for (int s = 0; s < SERIES; s++) {
      fleet[s] = Fleet.values(s, VALUES);
    }
    return Fleet.samples(Fleet.settings(START, 10), START, fleet, 0);
  }

  @Test
  void blocksOfManySeriesEndAtManyTimes() {
    List<SampledValue> samples = samples();
    long ends = samples.stream().mapToLong(SampledValue::blockEnd).distinct().count();
    long blocks = samples.stream().map(v -> v.series() + v.blockEnd()).distinct().count();
    assertThat(ends).isGreaterThan(blocks * 9 / 10);
    for (SampledValue value : samples) {
      assertThat(value.time())
          .isBetween(value.blockEnd() - value.blockLength(), value.blockEnd() - 1);
    }
  }

  @Test
  void whatIsDoneAtATimeChangesNothing() throws Exception {
    List<SampledValue> samples = samples();
    List<Publication> expected = new ArrayList<>();
    List<Publication> published = new ArrayList<>();
    SharedTrainer whole = new SharedTrainer(Fleet.settings(START, 10), null);
    SharedTrainer inTurns = new SharedTrainer(Fleet.settings(START, 10), null);
    for (SampledValue sample : samples) {
      assertThat(whole.add(sample)).isTrue();
      assertThat(inTurns.add(sample)).isTrue();
    }
    long end = Fleet.time(VALUES);
    expected.addAll(whole.advance(end));
    int turns = 0;
    for (long watermark = end; turns == 0 || inTurns.isBehind(); watermark = Long.MIN_VALUE) {
      published.addAll(inTurns.advance(watermark, 1)); // a block at a time
      turns++;
    }
    assertThat(turns).isGreaterThan(100);
    assertThat(expected).isNotEmpty();
    assertThat(published.stream().map(p -> p.model().toString()).toList())
        .isEqualTo(expected.stream().map(p -> p.model().toString()).toList());
    assertThat(published.stream().map(Publication::model).toList())
        .isEqualTo(expected.stream().map(Publication::model).toList());
  }

  @Test
  void beyondTheLimitBlocksThatEndLastAreDropped() throws Exception {
    int features = 100; // a block takes 300 + 16 * (17 + 800) bytes
    int fitting = (int) (SharedTrainer.MAX_WAITING_BYTES / (300 + 16 * 817));
    SharedSettings settings =
        Fleet.settings(features, new ModeSettings(Mode.MANY_TO_ONE, "fleet", 2, null, null), 1);
    SharedTrainer trainer = new SharedTrainer(settings, null);
    double[] covariates = new double[features];
    int blocks = fitting + 70;
    for (int s = 0; s < blocks; s++) { // the later a series, the sooner its block ends
      long end = 1_000_000 - s;
      trainer.add(
          new SampledValue("s" + s, end, 1 << 14, SampledValue.NO_TIME, 990_000, s, covariates));
    }
    assertThat(trainer.waitingValues()).isEqualTo(fitting);
    assertThat(trainer.dropped()).isEqualTo(70);
    assertThat(trainer.state().waiting.firstKey().series()).isEqualTo("s" + (blocks - 1));
    assertThat(trainer.state().waiting.lastKey().series()).isEqualTo("s70");
    SampledValue last =
        new SampledValue(
            "late", 2_000_000, 1 << 14, SampledValue.NO_TIME, 1_990_000, 1, covariates);
    assertThat(trainer.add(last)).isFalse();
    assertThat(trainer.waitingValues()).isEqualTo(fitting);
  }

  @Test
  void versionsContinueAfterThoseThatTheTopicKeeps() throws Exception {
    SharedTrainer trainer =
        new SharedTrainer(Fleet.settings(START, 10).withNewestVersion(41), null);
    samples().forEach(trainer::add);
    Publication first = trainer.advance(Fleet.time(VALUES)).get(0);
    assertThat(first.model().version()).isEqualTo(42);
    assertThat(ModelFiles.toBytes(first.model())).isNotEmpty();
  }
}
