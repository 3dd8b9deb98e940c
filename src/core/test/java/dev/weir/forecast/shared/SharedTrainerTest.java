package dev.weir.forecast.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.shared.Publication.Kind;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedTrainerTest {

  private static final int SERIES = 200;
  private static final int VALUES = 600;
  private static final ForecastModel START = Fleet.untrained(6);
  private static final SharedSettings SETTINGS = Fleet.settings(START, 10); // all blocks

  private static final double[][] WAVES = waves();
  private static final List<SampledValue> SAMPLES = Fleet.samples(SETTINGS, START, WAVES, 0);

  private static double[][] waves() {
    double[][] waves = new double[SERIES][];
    for (int s = 0; s < SERIES; s++) {
      waves[s] = Fleet.values(s, VALUES);
    }
    return waves;
  }

  /** Series of which the last value is the best forecast. */
  private static double[][] walks(long seed) {
    double[][] series = new double[SERIES][VALUES];
    Random random = new Random(seed);
    for (int s = 0; s < SERIES; s++) {
      for (int t = 1; t < VALUES; t++) {
        series[s][t] = series[s][t - 1] + random.nextGaussian();
      }
    }
    return series;
  }

  private static SharedTrainer trainer() throws IOException {
    return new SharedTrainer(SETTINGS, null);
  }

  /** As event time passes: after each hour. */
  private static List<Publication> run(SharedTrainer trainer, List<SampledValue> samples) {
    List<Publication> publications = new ArrayList<>();
    long watermark = Long.MIN_VALUE;
    for (SampledValue sample : samples) {
      if (sample.time() - 1 > watermark) {
        watermark = sample.time() - 1;
        publications.addAll(trainer.advance(watermark));
      }
      assertThat(trainer.add(sample)).isTrue();
    }
    publications.addAll(trainer.advance(watermark + 1));
    return publications;
  }

  private static List<byte[]> bytes(List<Publication> publications) {
    return publications.stream().map(p -> ModelFiles.toBytes(p.model())).toList();
  }

  private static byte[] saved(SharedTrainer trainer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    trainer.state().fields(StateFields.writer(new DataOutputStream(bytes)));
    return bytes.toByteArray();
  }

  private static SharedTrainer restored(byte[] saved) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved));
    TrainerState state = new TrainerState().fields(StateFields.reader(in));
    assertThat(in.available()).isZero();
    return new SharedTrainer(SETTINGS, state);
  }

  @Test
  void publishesBetterVersionsOnly() throws Exception {
    List<Publication> publications = run(trainer(), SAMPLES);
    assertThat(publications).hasSizeGreaterThan(3);
    long version = 1;
    double error = 1; // of the last value, which the start repeats
    for (Publication p : publications) {
      assertThat(p.kind()).isEqualTo(Kind.LEARNED);
      assertThat(p.before()).isEqualTo(version++);
      assertThat(p.model().version()).isEqualTo(version);
      assertThat(p.error()).isLessThan(p.errorBefore());
      assertThat(p.model().provenance())
          .containsEntry("held_out_rel_mae", "%.4f".formatted(p.error()))
          .containsKeys("rounds", "windows", "until");
      error = p.error();
    }
    assertThat(publications.get(0).errorBefore()).isBetween(0.999, 1.001);
    assertThat(error).isLessThan(0.4);
  }

  @Test
  void orderOfArrivalDoesNotMatter() throws Exception {
    List<Publication> expected = run(trainer(), SAMPLES);
    SharedTrainer trainer = trainer();
    List<List<SampledValue>> bySeries = new ArrayList<>(); // each in its order, all mixed
    for (int s = 0; s < SERIES; s++) {
      String name = Fleet.name(s);
      bySeries.add(new ArrayList<>(SAMPLES.stream().filter(v -> v.series().equals(name)).toList()));
    }
    List<Publication> publications = new ArrayList<>();
    Random random = new Random(5);
    while (!bySeries.isEmpty()) {
      List<SampledValue> one = bySeries.get(random.nextInt(bySeries.size()));
      int count = Math.min(one.size(), 1 + random.nextInt(40));
      one.subList(0, count).forEach(trainer::add);
      one.subList(0, count).clear();
      bySeries.removeIf(List::isEmpty);
      long slowest =
          bySeries.stream()
              .mapToLong(left -> left.get(0).time())
              .min()
              .orElse(Fleet.time(VALUES - 1) + 1);
      publications.addAll(trainer.advance(slowest - 1));
    }
    publications.addAll(trainer.advance(Fleet.time(VALUES - 1)));
    assertThat(bytes(publications)).containsExactlyElementsOf(bytes(expected));
  }

  @Test
  void aRestoredTrainerGoesOnWithTheSameBits() throws Exception {
    SharedTrainer reference = trainer();
    List<byte[]> expected = bytes(run(reference, SAMPLES));
    SharedTrainer trainer = trainer();
    List<byte[]> published = new ArrayList<>();
    int step = SAMPLES.size() / 7;
    for (int i = 0; i < SAMPLES.size(); i++) {
      if (i % step == step - 1) { // in the middle of everything
        byte[] saved = saved(trainer);
        trainer = restored(saved);
        assertThat(saved(trainer)).isEqualTo(saved);
      }
      SampledValue sample = SAMPLES.get(i);
      published.addAll(bytes(trainer.advance(sample.time() - 1)));
      trainer.add(sample);
    }
    published.addAll(bytes(trainer.advance(SAMPLES.get(SAMPLES.size() - 1).time())));
    assertThat(published).containsExactlyElementsOf(expected);
    assertThat(saved(trainer)).isEqualTo(saved(reference));
  }

  @Test
  void aVersionThatTurnsOutWorseIsRolledBack() throws Exception {
    Publication first = run(trainer(), SAMPLES).get(0);
    SharedTrainer trainer = trainer();
    List<SampledValue> until =
        SAMPLES.stream().filter(value -> value.blockEnd() <= first.time()).toList();
    List<Publication> publications = run(trainer, until);
    publications.addAll(trainer.advance(first.time()));
    assertThat(bytes(publications)).containsExactlyElementsOf(bytes(List.of(first)));

    double[][] series = new double[SERIES][VALUES];
    for (int s = 0; s < SERIES; s++) { // the last value is the best forecast now, as START says it
      Arrays.fill(series[s], Fleet.values(s, 1)[0]);
    }
    publications = run(trainer, Fleet.samples(SETTINGS, START, series, VALUES));
    Publication back = publications.get(0);
    assertThat(back.kind()).isEqualTo(Kind.ROLLED_BACK);
    assertThat(ModelFiles.toBytes(back.model()))
        .as("the file before")
        .isEqualTo(ModelFiles.toBytes(START));
    assertThat(back.before()).isEqualTo(first.model().version());
    assertThat(publications.subList(1, publications.size()))
        .as("numbers are not used twice")
        .allMatch(p -> p.kind() == Kind.ROLLED_BACK || p.model().version() > back.before());
  }

  @Test
  void noiseIsNotPublished() throws Exception {
    SharedTrainer trainer = trainer();
    assertThat(run(trainer, Fleet.samples(SETTINGS, START, walks(3), 0))).isEmpty();
    assertThat(trainer.rounds()).isGreaterThan(10);
  }

  @Test
  void ownPublicationsComeBackWithoutEffect() throws Exception {
    SharedTrainer trainer = trainer();
    List<Publication> publications = new ArrayList<>();
    List<byte[]> expected = bytes(run(trainer(), SAMPLES));
    int returned = 0;
    for (SampledValue sample : SAMPLES) {
      publications.addAll(trainer.advance(sample.time() - 1));
      trainer.add(sample);
      if (publications.size() > returned + 1) { // some time after
        ForecastModel model = publications.get(returned++).model();
        assertThat(trainer.use(new ActiveModel(model, false))).isFalse();
      }
    }
    assertThat(bytes(publications))
        .containsExactlyElementsOf(expected.subList(0, publications.size()));
    assertThat(publications).hasSizeGreaterThan(2);
  }

  @Test
  void aModelOfSomebodyElseIsTheNewStart() throws Exception {
    SharedTrainer trainer = trainer();
    run(trainer, SAMPLES.subList(0, SAMPLES.size() / 2));
    ForecastModel other =
        Fleet.untrained(5).withName("fleet"); // of another size, and a higher version
    ForecastModel published = other.withVersion(90);
    assertThat(trainer.use(new ActiveModel(published, false))).isTrue();
    List<Publication> publications = new ArrayList<>();
    for (SampledValue sample : SAMPLES.subList(SAMPLES.size() / 2, SAMPLES.size())) {
      publications.addAll(trainer.advance(sample.time() - 1));
      trainer.add(sample);
    }
    assertThat(publications).isNotEmpty();
    assertThat(publications.get(0).before()).isEqualTo(90);
    assertThat(publications.get(0).model().version()).isEqualTo(91);
    assertThat(publications.get(0).model().rnn()).isEqualTo(published.rnn());
  }

  @Test
  void samplesWaitForAModel() throws Exception {
    SharedTrainer waiting = new SharedTrainer(Fleet.settings(null, 10), null);
    List<SampledValue> first = SAMPLES.subList(0, SAMPLES.size() / 2);
    assertThat(run(waiting, first)).isEmpty();
    assertThat(waiting.waitingValues()).isEqualTo(first.size());
    assertThat(waiting.use(new ActiveModel(START, true))).isTrue();
    List<byte[]> published =
        new ArrayList<>(bytes(waiting.advance(first.get(first.size() - 1).time())));
    assertThat(published).containsExactlyElementsOf(bytes(run(trainer(), first)));
  }

  @Test
  void aValueOfAProcessedBlockIsDropped() throws Exception {
    SharedTrainer trainer = trainer();
    run(trainer, SAMPLES);
    assertThat(trainer.add(SAMPLES.get(0))).isFalse();
    assertThat(restored(saved(trainer)).add(SAMPLES.get(0))).isFalse();
  }

  @Test
  void aTenthOfTheSeriesIsHeldOut() {
    List<String> names = new ArrayList<>();
    for (int s = 0; s < 10_000; s++) {
      names.add("sensor/" + s);
    }
    Collections.shuffle(names, new Random(1));
    assertThat(names.stream().filter(BlockSampler::isHeldOut).count()).isBetween(900L, 1100L);
  }

  @Test
  void theRateFollowsTheBudget() {
    long some = Fleet.samples(Fleet.settings(START, 0.5), START, WAVES, 0).size();
    double rate = Fleet.settings(START, 0.5).rate(START);
    assertThat(rate).isBetween(0.05, 0.6);
    assertThat((double) some / (SERIES * VALUES)).isBetween(0.8 * rate, 1.2 * rate);
    assertThat(Fleet.settings(START, 0.1).rate(START)).isLessThan(rate / 4.9);
  }
}
