package dev.weir.classify;

import static dev.weir.classify.ClassFixture.label;
import static dev.weir.classify.ClassFixture.labelled;
import static dev.weir.classify.ClassFixture.model;
import static dev.weir.classify.ClassFixture.observation;
import static dev.weir.classify.ClassFixture.settings;
import static dev.weir.classify.ClassFixture.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.weir.classify.ClassFixture.Step;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.model.ClassifierModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeriesClassifierTest {

  private static final List<String> STATES = ClassFixture.STATES;

  private final ClassFixture context = new ClassFixture();

  private ClassFixture.OneSeries classifier(ClassifySettings settings) throws IOException {
    return context.classifier(settings);
  }

  private static byte[] bytes(ClassState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ClassStateFormat.write(state, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static ClassState copy(ClassState state) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(state)));
    ClassState read = ClassStateFormat.read(in);
    assertThat(in.available()).isZero();
    return read;
  }

  @Test
  void aModelAloneAnswersAsItsNetwork() throws Exception {
    ClassifierModel model = model("states", 3, STATES);
    ClassFixture.OneSeries classifier = classifier(settings(4, 2, model, false, 6));
    ClassState state = classifier.newState();
    float[] window = new float[4 * ClassFixture.CHANNELS];
    for (int t = 1; t <= 6; t++) {
      double value = 0.1 * t * t;
      classifier.observe(state, observation(t * 10, value, -t), source(t));
      if (t > 2) {
        window[(t - 3) * 2] = (float) value;
        window[(t - 3) * 2 + 1] = -t;
      }
    }
    float[] logits = new float[3];
    double[] expected = new double[3];
    new NetworkClassifier(model).logits(window, logits);
    Probabilities.softmax(logits, expected);

    List<Classification> classified = context.classifications();
    assertThat(classified).extracting(Classification::windowEnd).containsExactly(20L, 40L, 60L);
    assertThat(classified)
        .extracting(Classification::status)
        .containsExactly(Status.WARMUP, Status.OK, Status.OK);
    Classification last = classified.get(2);
    assertThat(last.windowStart()).isEqualTo(30);
    assertThat(last.steps()).isEqualTo(4);
    assertThat(last.classes()).isEqualTo(STATES);
    assertThat(last.probabilities()).containsExactly(expected, within(1e-12));
    assertThat(last.label()).isEqualTo(STATES.get(Probabilities.largest(expected)));
    assertThat(last.model()).isEqualTo("states");
    assertThat(last.modelVersion()).isEqualTo(3);
    assertThat(classifier.classifier().methods()).isEmpty();

    int other = (Probabilities.largest(expected) + 1) % 3; // the loss is that of the label
    classifier.label(state, label(60, STATES.get(other)));
    assertThat(state.lossSum).isCloseTo(-Math.log(expected[other]), within(1e-5));
  }

  @Test
  void windowsOfAtLeast10ValuesAreConvolved() throws Exception {
    assertThat(classifier(ClassFixture.of(9).build()).classifier().methods())
        .doesNotContain("convolution");
    assertThat(classifier(ClassFixture.of(10).build()).classifier().methods())
        .contains("convolution");
  }

  @Test
  void aModelCountsMostUntilLabelsSayOtherwise() throws Exception {
    ClassifierModel model = model("states", 3, STATES);
    ClassFixture.OneSeries alone = classifier(settings(4, 1, model, false, 6));
    ClassState of = alone.newState();
    ClassFixture.OneSeries learning = classifier(settings(4, 1, model, true, 6));
    ClassState state = learning.newState();
    for (int t = 1; t <= 5; t++) {
      alone.observe(of, observation(t, 0.3 * t, -t), source(t));
    }
    for (int t = 1; t <= 5; t++) {
      learning.observe(state, observation(t, 0.3 * t, -t), source(t));
    }
    List<Classification> both = context.classifications();
    assertThat(both).hasSize(10);
    for (int i = 0; i < 5; i++) {
      double[] probabilities = both.get(i).probabilities();
      int best = Probabilities.largest(probabilities);
      assertThat(both.get(5 + i).probabilities()[best]).isCloseTo(probabilities[best], within(0.1));
      assertThat(both.get(5 + i).label()).isEqualTo(both.get(i).label());
    }
  }

  @Test
  void aLabelInAnObservationCountsAsOneThatComesAfterItsWindow() throws Exception {
    ClassifierModel model = model("states", 1, STATES);
    ClassFixture.OneSeries classifier = classifier(settings(4, 3, model));
    ClassState with = classifier.newState();
    ClassState apart = classifier.newState();
    for (Step step : ClassFixture.steps("machine", 40, 6)) {
      Observation observation = step.observation();
      long time = observation.time();
      classifier.observe(with, labelled(observation, step.label()), source(time));
      classifier.observe(apart, observation, source(time));
      if (time / 1_000 % 3 == 0) { // of the three the newest counts
        classifier.label(apart, label(time, step.label()));
      }
    }
    List<Classification> all = context.classifications();
    assertThat(all).hasSize(26);
    for (int i = 0; i < all.size(); i += 2) {
      assertThat(all.get(i)).isEqualTo(all.get(i + 1));
    }
    assertThat(with.labels).isEqualTo(13);
    assertThat(with.learner).usingRecursiveComparison().isEqualTo(apart.learner);
    assertThat(with.early).singleElement(); // of the window that is open
    assertThat(context.counted).isEmpty();
  }

  @Test
  void aWrongLabelInAnObservationIsADeadLetterAndTheValueCounts() throws Exception {
    ClassifierModel model = model("states", 1, STATES);
    ClassifySettings named = ClassFixture.of(2).model(model).classes(STATES).build();
    ClassFixture.OneSeries classifier = classifier(named);
    ClassState state = classifier.newState();
    classifier.observe(state, labelled(observation(10, 1, 1), "odd\n"), source(10));
    assertThat(context.problems())
        .containsExactly("label: expected one of [idle, run, fault], got odd.");
    assertThat(context.classifications()).singleElement();
    assertThat(context.labelled).isZero();
  }

  @Test
  void observationsThatAreLateOrComeAgainChangeNothing() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(2, 1, model("states", 1, STATES)));
    ClassState state = classifier.newState();
    classifier.observe(state, observation(1_000, 1.1, 2.2), source(1));
    classifier.observe(state, observation(2_000, 1.3, 2.2), source(2));
    ClassState before = copy(state);
    classifier.observe(state, observation(2_000, 1.3, 2.2), source(3));
    classifier.observe(state, observation(2_000, 1.3, 2.3), source(4));
    classifier.observe(state, observation(1_500, 1.3, 2.2), source(5));
    assertThat(context.counted).containsEntry(Counted.DUPLICATE, 1);
    assertThat(context.problems())
        .containsExactly(
            "time: expected after 1970-01-01T00:00:02Z, got another value for that very time",
            "time: expected after 1970-01-01T00:00:02Z, got 1970-01-01T00:00:01.500Z, late by"
                + " PT0.5S");
    assertThat(state).usingRecursiveComparison().isEqualTo(before);
  }

  /** With labels in observations that wait, and a state saved each time. */
  @Test
  void outOfOrderClassesAreThoseInOrder() throws Exception {
    ClassifySettings settings =
        settings(12, 3, model("states", 1, List.of("run", "idle")), true, 20);
    List<Observation> observations = new ArrayList<>();
    for (Step step : ClassFixture.steps("machine", 400, 6)) {
      long place = step.observation().time() / 1_000;
      observations.add(labelled(step.observation(), place % 3 == 0 ? step.label() : null));
    }
    ClassFixture.OneSeries classifier = classifier(settings);
    ClassState state = classifier.newState();
    for (Observation observation : observations) {
      state = classifier.observe(state, observation, source(observation.time()));
    }

    Duration delay = Duration.ofSeconds(5);
    ClassFixture other = new ClassFixture();
    ClassFixture.OneSeries waits = other.classifier(ClassFixture.waiting(settings, delay));
    ClassState waiting = waits.newState();
    long newest = 0;
    int waited = 0;
    List<Observation> shuffled =
        ClassFixture.shuffled(observations, Observation::time, delay.toMillis());
    assertThat(shuffled).isNotEqualTo(observations);
    for (Observation observation : shuffled) {
      waiting = copy(waits.observe(waiting, observation, source(observation.time())));
      newest = Math.max(newest, observation.time());
      waiting = waits.advance(waiting, newest - delay.toMillis() - 1);
      waited = Math.max(waited, waiting.marks.size());
    }
    waiting = waits.advance(waiting, Long.MAX_VALUE);
    assertThat(waited).isGreaterThan(1);
    assertThat(other.outputs).hasSizeGreaterThan(20).isEqualTo(context.outputs);
    assertThat(other.counted).isEqualTo(context.counted);
    assertThat(waiting.labels).isGreaterThan(10).isEqualTo(state.labels);
    assertThat(bytes(waiting)).isEqualTo(bytes(state));
    assertThat(new ClassState(state)).usingRecursiveComparison().isEqualTo(state);
  }

  @Test
  void aWaitingObservationIsCorrectedAndALateOneRefused() throws Exception {
    ClassifySettings settings = settings(2, 1, model("states", 1, STATES));
    ClassFixture.OneSeries classifier =
        classifier(ClassFixture.waiting(settings, Duration.ofSeconds(1)));
    ClassState state =
        classifier.observe(null, labelled(observation(2_000, 1, 1), "run"), source(1));
    assertThat(classifier.label(state, label(1_000, "fault"))).isTrue(); // before its window
    classifier.observe(state, observation(2_000, 1, 1), source(2)); // again: its label stays
    classifier.observe(state, labelled(observation(1_000, 4, 4), "idle"), source(3));
    classifier.observe(state, observation(1_000, 5, 5), source(4)); // instead of it, and of "idle"
    assertThat(context.timers).containsExactly(2_000L, 1_000L);
    assertThat(context.classifications()).isEmpty();
    assertThat(context.counted).isEqualTo(Map.of(Counted.DUPLICATE, 1, Counted.CORRECTION, 1));

    state = classifier.advance(copy(state), 2_500);
    assertThat(context.classifications())
        .extracting(Classification::windowEnd, Classification::labels)
        .containsExactly(tuple(1_000L, 0L), tuple(2_000L, 1L));
    assertThat(context.classifications().get(1).classes())
        .containsExactly(STATES.toArray(String[]::new));
    assertThat(context.labelled).isEqualTo(2);
    classifier.observe(state, observation(1_500, 1, 1), source(5));
    classifier.observe(state, observation(2_400, 1, 1), source(6)); // behind event time, in order
    assertThat(context.classifications()).hasSize(3);
    assertThat(context.problems())
        .containsExactly(
            "time: expected after 1970-01-01T00:00:02Z, got 1970-01-01T00:00:01.500Z, late by"
                + " PT0.5S");
  }

  /** A savepoint of more patience: what waits comes first. */
  @Test
  void whatWaitsCountsOnceNothingIsWaitedFor() throws Exception {
    ClassifySettings settings = settings(1, 1, model("states", 1, STATES));
    ClassState state =
        classifier(ClassFixture.waiting(settings, Duration.ofSeconds(9)))
            .observe(null, labelled(observation(1_000, 1, 1), "run"), source(1));
    ClassFixture.OneSeries inOrder = classifier(settings);
    state = inOrder.observe(state, observation(2_000, 1, 1), source(2));
    assertThat(context.classifications())
        .extracting(Classification::windowEnd, Classification::labels)
        .containsExactly(tuple(1_000L, 0L), tuple(2_000L, 1L));
    ClassState wider = classifier(settings(3, 1, null)).classifier().fit(state);
    assertThat(wider.lastTime()).isEqualTo(2_000);
    assertThat(wider.labels).isZero();
  }

  @Test
  void labelsFindTheirWindowWheneverTheyCome() throws Exception {
    ClassifySettings settings = settings(2, 3, null, true, 4);
    ClassFixture.OneSeries classifier = classifier(settings);
    ClassState state = classifier.newState();
    classifier.label(state, label(50, "early")); // before its window
    for (int t = 1; t <= 12; t++) { // windows end at 30, 60, 90 and 120
      classifier.observe(state, observation(10 * t, t, 1), source(t));
    }
    assertThat(context.classifications()).hasSize(4);
    assertThat(context.classifications().get(0).status()).isEqualTo(Status.UNKNOWN);
    assertThat(context.classifications().get(0).label()).isEmpty();
    assertThat(context.classifications().get(1).labels()).isZero(); // it was not known before
    Classification third = context.classifications().get(2);
    assertThat(third.labels()).isEqualTo(1);
    assertThat(third.label()).isEqualTo("early");
    assertThat(third.probability()).isCloseTo(1, within(1e-6));

    classifier.label(state, label(61, "other")); // of the third window
    classifier.label(state, label(60, "early")); // of the second, which has it
    assertThat(context.counted).containsEntry(Counted.REPEATED_LABEL, 1);
    assertThat(state.labels).isEqualTo(2);
    classifier.observe(state, observation(121, 1, 1), source(0));
    classifier.observe(state, observation(122, 1, 1), source(0));
    classifier.observe(state, observation(123, 1, 1), source(0)); // the first is given up
    assertThat(context.counted).containsEntry(Counted.UNLABELLED, 1);
    classifier.label(state, label(29, "other"));
    assertThat(context.problems())
        .containsExactly(
            "time: expected one of the 4 newest windows of series machine,"
                + " got 1970-01-01T00:00:00.029Z");
    assertThat(context.classifications().get(4).classes()).containsExactly("early", "other");
  }

  @Test
  void thereAreOnlySoManyClasses() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(1, 1, null));
    ClassState state = classifier.newState();
    for (int t = 1; t <= 6; t++) {
      classifier.observe(state, observation(t, t, 1), source(t));
      classifier.label(state, label(t, "class " + t));
    }
    assertThat(context.problems())
        .containsExactly(
            "label: expected one of [class 1, class 2, class 3, class 4, class 5], got class 6");
    assertThat(state.labels).isEqualTo(5);
  }

  @Test
  void aSeriesLearnsWhatItsModelDoesNotKnow() throws Exception {
    ClassifierModel model = model("states", 1, List.of("run", "idle")); // and no fault
    ClassFixture.OneSeries classifier = classifier(settings(12, 1, model, true, 20));
    assertThat(classifier.classifier().methods())
        .containsExactly(
            "mixture", "network", "model", "model-readout", "convolution", "mean", "stacking");
    ClassState state = classifier.newState();
    ClassScore late = new ClassScore(5);
    int lastRight = 0;
    int count = 0;
    List<Step> steps = ClassFixture.steps("machine", 3_000, 5);
    int delay = 15;
    for (int i = 0; i < steps.size(); i++) {
      classifier.observe(state, steps.get(i).observation(), source(i));
      if (i >= delay) {
        Step labelled = steps.get(i - delay);
        classifier.label(state, label(labelled.observation().time(), labelled.label()));
      }
      if (i >= 1_500) {
        Classification said = context.classifications().get(i);
        count++;
        lastRight += steps.get(i - delay - 1).label().equals(steps.get(i).label()) ? 1 : 0;
        double[] all = java.util.Arrays.copyOf(said.probabilities(), 5);
        late.add(all, said.classes().indexOf(steps.get(i).label()));
      }
    }
    assertThat(state.names).containsExactly("run", "idle", "fault");
    assertThat(late.accuracy()).isGreaterThan((double) lastRight / count + 0.1);
    assertThat(late.accuracy()).isGreaterThan(0.85);
    assertThat(state.labels).isEqualTo(steps.size() - delay);
    Classification last = context.classifications().get(steps.size() - 1);
    assertThat(last.accuracy()).isEqualTo((double) context.right / context.labelled, within(1e-3));
  }

  @Test
  void theNewestValueOfAWindowSaysMost() throws Exception {
    ClassFixture.OneSeries classifier = classifier(ClassFixture.of(3).channels(1).build());
    ClassState state = classifier.newState();
    SplittableRandom random = new SplittableRandom(4);
    int right = 0;
    for (int t = 1; t <= 600; t++) {
      double value = random.nextGaussian();
      String label = value > 0 ? "run" : "idle";
      classifier.observe(state, observation(t, value), source(t));
      right += t > 300 && label.equals(context.classifications().get(t - 1).label()) ? 1 : 0;
      classifier.label(state, label(t, label));
    }
    assertThat(right).isGreaterThan(270);
  }

  @Test
  void aClassificationDependsOnNothingThatComesLater() throws Exception {
    ClassifySettings settings = settings(11, 1, model("states", 1, STATES));
    List<Step> steps = new ArrayList<>(ClassFixture.steps("machine", 300, 7));
    ClassFixture.OneSeries classifier = classifier(settings);
    ClassState state = classifier.newState();
    ClassState other = classifier.newState();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      classifier.observe(state, step.observation(), source(i));
      classifier.label(state, label(step.observation().time(), step.label()));
    }
    List<Classification> said = context.classifications();
    context.outputs.clear();
    for (int i = 0; i <= 200; i++) { // the last one's label is another, and comes before it
      Step step = steps.get(i);
      String truth = i < 200 ? step.label() : STATES.get((STATES.indexOf(step.label()) + 1) % 3);
      classifier.label(other, label(step.observation().time(), truth));
      classifier.observe(other, step.observation(), source(i));
    }
    assertThat(context.classifications()).hasSize(201);
    assertThat(context.classifications().get(200)).isEqualTo(said.get(200));
  }

  @Test
  void aNewModelReplacesTheOldOneAndItsReadout() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(3, 1, model("states", 1, STATES)));
    ClassState state = classifier.newState();
    List<Step> steps = ClassFixture.steps("machine", 60, 8);
    for (Step step : steps.subList(0, 30)) {
      classifier.observe(state, step.observation(), source(1));
    }
    long before = state.readoutModel;
    classifier.classifier().use(model("states", 2, STATES));
    classifier.observe(state, steps.get(30).observation(), source(1));
    assertThat(context.classifications().get(30).modelVersion()).isEqualTo(2);
    assertThat(state.readoutModel).isNotEqualTo(before);
    assertThat(state.readout.rows.count).isEqualTo(1);
    classifier.label(state, label(steps.get(28).observation().time(), "run")); // of the old one
    classifier.label(state, label(steps.get(30).observation().time(), "run"));
    assertThat(state.labels).isEqualTo(2);
  }

  @Test
  void aModelThatHasNotComeIsWaitedFor() throws Exception {
    ClassifySettings given = settings(2, 1, model("states", 1, STATES));
    ClassifySettings settings =
        ClassFixture.of(2).model("states").classes(STATES).maxClasses(3).fixed().build();
    ClassFixture.OneSeries classifier = classifier(settings);
    ClassState state = classifier.newState();
    classifier.observe(state, observation(1, 1, 1), source(1));
    Classification without = context.classifications().get(0);
    assertThat(without.status()).isEqualTo(Status.FALLBACK);
    assertThat(without.probabilities()).containsExactly(1 / 3.0, 1 / 3.0, 1 / 3.0);
    assertThat(without.modelVersion()).isEqualTo(-1);
    classifier.classifier().use(model("states", 4, STATES));
    classifier.observe(state, observation(2, 1, 1), source(2));
    assertThat(context.classifications().get(1).status()).isEqualTo(Status.OK);
    ClassState other = classifier(given).newState(); // of more classes
    assertThat(classifier.classifier().fit(other)).isNotSameAs(other);
  }

  @Test
  void aSeriesIsForgottenAfterItsTtl() throws Exception {
    ClassifySettings settings =
        ClassFixture.of(1).classes(STATES).ttl(Duration.ofMillis(100)).build();
    ClassFixture.OneSeries classifier = classifier(settings);
    ClassState state = classifier.newState();
    classifier.observe(state, observation(1_010, 1, 1), source(1));
    classifier.observe(state, observation(1_020, 1, 1), source(1));
    assertThat(context.timers).containsExactly(1_150L);
    classifier.label(state, label(1_200, "run")); // waits
    assertThat(classifier.observe(state, observation(1_120, 1, 1), source(1))).isSameAs(state);
    assertThat(context.timers).endsWith(1_250L);
    ClassState again = classifier.observe(state, observation(1_221, 1, 1), source(1));
    assertThat(again.windows).isOne();
    assertThat(again.early).isEmpty();
    assertThat(context.counted).containsOnlyKeys(Counted.EXPIRED, Counted.UNUSED_LABEL);
    context.counted.clear();
    assertThat(context.series.expiry()).isEqualTo(1_350);
    classifier.label(again, label(3_000, "run")); // waits

    context.watermark = 1_350;
    assertThat(classifier.wake(again, 1_250)).isTrue(); // another timer
    assertThat(classifier.wake(again, 1_350)).isTrue(); // not yet by the clock
    context.now += 100;
    context.watermark = Long.MAX_VALUE;
    assertThat(classifier.wake(again, 1_500)).isTrue(); // the input has ended
    context.watermark = 1_500;
    assertThat(classifier.wake(copy(again), 1_500)).isFalse();
    assertThat(context.series.expiry()).isNull();
    assertThat(context.counted)
        .isEqualTo(Map.of(Counted.EXPIRED, 1, Counted.UNUSED_LABEL, 1)); // lost, not in silence
  }

  @Test
  void labelsAreCorrectedUntilTheirWindowIsThere() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(2, 2, model("states", 1, STATES)));
    ClassState state = classifier.newState();
    for (String early : List.of("run", "run", "idle")) { // at one time
      assertThat(classifier.label(state, label(110, early))).isTrue();
    }
    classifier.label(state, label(120, "fault")); // of the same window, as it turns out
    assertThat(context.counted)
        .isEqualTo(
            Map.of(
                Counted.UNKNOWN_SERIES_LABEL, 2,
                Counted.REPEATED_LABEL, 1,
                Counted.CORRECTED_LABEL, 1));
    classifier.observe(state, observation(110, 1, 1), source(1));
    classifier.observe(state, observation(130, 1, 1), source(2));
    assertThat(context.counted).containsEntry(Counted.CORRECTED_LABEL, 2);
    assertThat(classifier.label(state, label(130, "fault"))).isTrue();
    ClassState before = copy(state);
    assertThat(classifier.label(state, label(130, "idle\n"))).isFalse();
    assertThat(state).usingRecursiveComparison().isEqualTo(before);
    assertThat(state.labels).isEqualTo(1);
    assertThat(context.counted).containsEntry(Counted.CONTRADICTING_LABEL, 1);
    assertThat(context.problems())
        .containsExactly(
            "label: expected the one that the window at 1970-01-01T00:00:00.130Z of series machine"
                + " has already, got idle.");
  }

  /** As the forecasts of the same values: two late ones, and the third shows what was wrong. */
  @Test
  void aValueAheadOfTimeDoesNotSilenceItsSeries() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(3, 1, model("states", 1, STATES)));
    ClassState state = classifier.newState();
    for (int t = 1; t <= 10; t++) {
      state = classifier.observe(state, observation(1_000 * t, 1, t), source(t));
    }
    context.now = 10_000;
    long ahead = 500_000;
    state = classifier.observe(state, observation(ahead, 1, 1), source(1));
    context.watermark = ahead;
    for (int t = 11; t <= 30; t++) {
      context.now = 1_000 * t;
      state = copy(classifier.observe(state, observation(1_000 * t, 1, t), source(t)));
    }
    assertThat(context.counted).containsEntry(Counted.RESUMED, 1);
    assertThat(context.problems())
        .hasSize(2)
        .contains(
            "time: expected after 1970-01-01T00:08:20Z, got 1970-01-01T00:00:12Z, late by"
                + " PT8M8S");
    int before = context.labelled;
    assertThat(classifier.label(state, label(30_000, "run"))).isTrue();
    assertThat(context.labelled).isEqualTo(before + 1);
    Classification last = context.classifications().get(context.classifications().size() - 1);
    assertThat(last.windowEnd()).isEqualTo(30_000);
    assertThat(last.steps()).isEqualTo(3);
    assertThat(classifier.label(state, label(12_500, "run"))).isFalse();
  }

  @Test
  void valuesBeyondFloatsAreTaken() throws Exception {
    ClassFixture.OneSeries classifier = classifier(settings(11, 1, model("states", 1, STATES)));
    ClassState state = classifier.newState();
    double[] values = {1e300, -1e300, 0, 1e38, -1e-300, 3};
    for (int i = 0; i < 300; i++) {
      classifier.observe(state, observation(i + 1, values[i % 6], values[i * 7 % 5]), source(i));
      classifier.label(state, label(i + 1, STATES.get(i % 3)));
    }
    for (Classification said : context.classifications()) {
      double sum = 0;
      for (double probability : said.probabilities()) {
        assertThat(probability).isBetween(0.0, 1.0 + 1e-6);
        sum += probability;
      }
      assertThat(sum).isCloseTo(1, within(1e-4));
    }
  }

  /** A label may be of a window that was classified before a restart with other settings. */
  @Test
  void labelsOfWindowsBeforeOtherSettingsTeachNothing() throws Exception {
    ClassifierModel model = model("states", 1, STATES);
    ClassifySettings alone = settings(11, 1, model, false, 6);
    ClassifySettings with = settings(11, 1, model);
    ClassifySettings without = settings(11, 1, null);
    List<Step> steps = ClassFixture.steps("machine", 80, 9);
    ClassState state = classifier(with).newState();
    List<ClassifySettings> turns = List.of(alone, with, without, with, alone, without);
    int i = 0;
    for (ClassifySettings turn : turns) {
      ClassFixture.OneSeries classifier = classifier(turn);
      assertThat(classifier.classifier().fit(state)).isSameAs(state);
      for (int end = i + 12; i < end; i++) {
        if (i >= 3) { // of a window before this turn at first
          Step late = steps.get(i - 3);
          assertThat(classifier.label(state, label(late.observation().time(), late.label())))
              .isTrue();
        }
        classifier.observe(state, steps.get(i).observation(), source(i));
      }
      assertThat(state.learner != null).isEqualTo(turn.learning().learns());
    }
    assertThat(state.labels).isEqualTo(i - 3);
  }

  @Test
  void aJobMayNameFurtherClasses() throws Exception {
    ClassState state = classifier(ClassFixture.of(1).classes(List.of("a", "b")).build()).newState();
    ClassFixture.OneSeries more =
        classifier(ClassFixture.of(1).classes(List.of("a", "b", "c")).build());
    more.observe(state, observation(1, 1, 1), source(1));
    assertThat(more.label(state, label(1, "c"))).isTrue();
    assertThat(more.label(state, label(1, "d"))).isFalse();
    assertThat(context.problems()).containsExactly("label: expected one of [a, b, c], got d");
  }

  @Test
  void anExtremeValueIsForgotten() throws Exception {
    for (ClassifierModel model : new ClassifierModel[] {null, model("states", 1, STATES)}) {
      ClassFixture.OneSeries classifier = classifier(settings(11, 1, model));
      ClassState state = classifier.newState();
      List<Step> steps = ClassFixture.steps("machine", 200, 10);
      for (int i = 0; i < steps.size(); i++) {
        Observation usual = steps.get(i).observation();
        Observation observation = i == 20 ? observation(usual.time(), 1e300, -1e300) : usual;
        classifier.observe(state, observation, source(i));
        classifier.label(state, label(usual.time(), steps.get(i).label()));
      }
      Classification last = context.classifications().get(context.classifications().size() - 1);
      for (double probability : last.probabilities()) {
        assertThat(probability).isBetween(0.0, 1.0 + 1e-6);
      }
      assertThat(last.logLoss()).isBetween(0.0, 5.0);
      assertThat(last.accuracy()).isGreaterThan(0.4);
    }
  }

  @Test
  void wrongSettingsAndModelsAreRefused() {
    assertThatThrownBy(() -> ClassFixture.of(2).channels(201).classes(STATES).build())
        .hasMessage("channels of what is learned: expected 1 to 1000, got 1005");
    assertThatThrownBy(() -> settings(2, 1, null, false, 6))
        .hasMessage("model: expected one where nothing is learned, got none");
    ClassifySettings settings =
        ClassFixture.of(2).channels(3).model("m").classes(List.of("a", "b")).build();
    assertThat(settings.problemWith(model("m", 1, List.of("a", "b"))))
        .isEqualTo("classifier m version 1: channels: expected 3 (a value and 2 features), got 2");
    ClassifySettings fewer = settings(2, 1, null);
    assertThat(fewer.problemWith(model("m", 1, List.of("a", "b", "c", "d", "e", "f"))))
        .isEqualTo("classifier m version 1: classes: expected at most 5, got 6");
  }
}
