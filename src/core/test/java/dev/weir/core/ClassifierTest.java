package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassifierTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Classifier classifier() {
    return Classifier.builder().window(8).stride(8).build();
  }

  /** Windows are calm or wild; each label comes after its window. */
  @Test
  void classesAreLearnedFromLabels() {
    ClassifiedSeries series = classifier().series("lathe");
    SplittableRandom random = new SplittableRandom(1);
    List<Classification> said = new ArrayList<>();
    int right = 0;
    for (int window = 0; window < 60; window++) {
      boolean wild = random.nextBoolean();
      for (int i = 0; i < 8; i++) {
        double value = 5 + (wild ? 4 : 0.1) * random.nextDouble(-1, 1);
        Observation o = new Observation(START.plusSeconds(8 * window + i), value);
        series.observe(o).ifPresent(said::add);
      }
      Classification newest = said.get(window);
      right += window >= 20 && newest.label().equals(wild ? "wild" : "calm") ? 1 : 0;
      series.label(newest.windowEnd(), wild ? "wild" : "calm");
    }
    assertThat(said).hasSize(60);
    assertThat(said.get(0).status()).isEqualTo(Status.UNKNOWN);
    assertThat(said.get(0).probabilities()).isEmpty();
    assertThat(right).isGreaterThan(36); // of 40
    Classification last = said.get(59);
    assertThat(Instant.ofEpochMilli(last.windowStart())).isEqualTo(START.plusSeconds(8 * 59));
    assertThat(Instant.ofEpochMilli(last.windowEnd())).isEqualTo(START.plusSeconds(8 * 59 + 7));
    assertThat(last.classes()).containsExactlyInAnyOrder("calm", "wild");
    assertThat(last.labels()).isEqualTo(59);
    assertThat(last.status()).isEqualTo(Status.OK);
  }

  @Test
  void probabilitiesAreFromZeroToOne() {
    for (int classes = 1; classes <= 5; classes++) {
      ClassifiedSeries series = Classifier.builder().window(3).build().series("lathe");
      SplittableRandom random = new SplittableRandom(classes);
      for (int i = 0; i < 400; i++) {
        int of = random.nextInt(classes);
        Instant time = START.plusSeconds(i);
        Classification said = series.observe(new Observation(time, of + random.nextDouble())).get();
        for (double p : said.probabilities()) {
          assertThat(p).isBetween(0.0, 1.0);
        }
        series.label(time.toEpochMilli(), "class-" + of);
      }
    }
  }

  @Test
  void wrongObservationsAndLabelsAreRefused() {
    ClassifiedSeries series = classifier().series("lathe");
    series.observe(new Observation(START, 1));
    assertThatThrownBy(() -> series.observe(new Observation(START, 2)))
        .isInstanceOf(LateObservationException.class)
        .hasMessage(
            "lathe: time: expected after 2026-01-01T00:00:00Z, got another value for that very time");
    assertThat(series.observe(new Observation(START, 1))).isEmpty(); // the same again
    assertThatThrownBy(() -> series.observe(new Observation(START.plusSeconds(1), 2).features(1)))
        .hasMessage("features: expected 0, got 1");
    assertThatThrownBy(() -> series.label(START.toEpochMilli(), " "))
        .hasMessageStartingWith("label: expected 1 to ");
    ClassifiedSeries named =
        Classifier.builder().window(4).classes("idle", "run").build().series("a");
    assertThatThrownBy(() -> named.label(START.toEpochMilli(), "fault"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label: expected one of [idle, run], got fault");
  }

  @Test
  void wrongOptionGivesOneClearLine() {
    assertThatThrownBy(() -> Classifier.builder().build())
        .hasMessage("window: expected the number of values, got none");
    assertThatThrownBy(() -> Classifier.builder().window(4).learning(false).build())
        .hasMessage("model: expected a model where nothing is learned, got none");
    assertThatThrownBy(() -> Classifier.builder().window(4).stride(0))
        .hasMessage("stride: expected a whole number from 1 to 1000000, got '0'");
    assertThatThrownBy(() -> Classifier.builder().window(4).model(new byte[3], "x").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("model: ");
  }
}
