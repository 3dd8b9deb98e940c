package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Classes of several series with labels that come later, on a broker and a cluster. */
class ClassifyJobIT {

  private static final List<String> SERIES = List.of("lathe", "mill", "press-9", "saw");

  /** Of the name of the classifier. */
  private static final ForecastModel FORECASTS =
      TestModel.of(new RnnConfig(Cell.GRU, 2, 2, 1, false, true), 11, 2)
          .name("states")
          .version(9)
          .build();

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  private static JobSettings settings(String name, String text) {
    List<String> kinds = new ArrayList<>(List.of("observations", "models", "classes", "labels"));
    if (text.contains("forecast:")) {
      kinds.addAll(List.of("forecasts", "scores"));
    }
    return kafka.job(name, Path.of(""), kinds, "window: {seq-len: 11, features: 1}\n" + text);
  }

  private static List<List<Step>> all(int count) {
    List<List<Step>> all = new ArrayList<>();
    for (int s = 0; s < SERIES.size(); s++) {
      all.add(ClassFixture.steps(SERIES.get(s), count, s + 1));
    }
    return all;
  }

  private static void sendObservations(JobSettings job, List<List<Step>> all, int from, int to)
      throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (List<Step> steps : all) {
        observations.add(steps.get(i).observation());
      }
    }
    kafka.sendObservations(job, observations);
  }

  /** Every second label as Avro, the others as JSON. */
  private static void sendLabels(JobSettings job, List<List<Step>> all, int from, int to)
      throws Exception {
    LabelCodec codec = new LabelCodec();
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (List<Step> steps : all) {
        Observation labelled = steps.get(i).observation();
        String label = steps.get(i).label();
        byte[] value =
            i % 2 == 0
                ? codec.encode(new Label(labelled.series(), labelled.time(), label))
                : "{\"series\": \"%s\", \"time\": \"%s\", \"label\": \"%s\"}"
                    .formatted(labelled.series(), Instant.ofEpochMilli(labelled.time()), label)
                    .getBytes(StandardCharsets.UTF_8);
        records.add(new ProducerRecord<>(job.kafka().topics().ofClasses().labels(), value));
      }
    }
    kafka.send(records);
  }

  private static List<Classification> classes(JobSettings job) throws Exception {
    ClassificationCodec codec = new ClassificationCodec();
    List<Classification> classes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        kafka.read(job.kafka().topics().ofClasses().classes())) {
      Classification classification = codec.decode(record.value());
      assertThat(new String(record.key(), StandardCharsets.UTF_8))
          .isEqualTo(classification.series());
      classes.add(classification);
    }
    return classes;
  }

  private static void await(RunningJob running, JobSettings job, int count) {
    running.await().until(() -> classes(job).size() >= count);
  }

  /** Each window once and in order, at each parallelism and in each format. */
  private static void assertComplete(JobSettings job, List<List<Step>> all, int count)
      throws Exception {
    List<Classification> classes = classes(job);
    assertThat(classes).hasSize(count * SERIES.size());
    for (List<Step> steps : all) {
      String series = steps.get(0).observation().series();
      assertThat(classes.stream().filter(c -> c.series().equals(series)))
          .extracting(Classification::windowEnd)
          .isEqualTo(steps.subList(0, count).stream().map(s -> s.observation().time()).toList());
    }
  }

  @Test
  void classesAreLearnedFromLabelsThatComeLaterAndModelsAreSwapped() throws Exception {
    JobSettings job = settings("learns", "classify: {model: states, format: json, waiting: 200}");
    List<List<Step>> all = all(900);
    kafka.create(job, 2);
    ClassifierModel first = ClassFixture.model("states", 1, List.of("idle", "run"));
    ModelTopic models = kafka.models(job);
    try (RunningJob running = flink.submit(job, 2)) {
      models.publish(first);
      int sent = 0;
      for (int i = 0; i < 600; i += 100) { // labels come up to 100 observations later, or before
        sendObservations(job, all, i, i + 100);
        sendLabels(job, all, i, i + 100);
        sent = i + 100;
        await(running, job, sent * SERIES.size());
      }
      models.publish(ClassFixture.model("states", 2, ClassFixture.STATES));
      while (classes(job).stream().noneMatch(c -> c.modelVersion() == 2)) {
        assertThat(sent).as("values sent while no new version came").isLessThan(890);
        sendObservations(job, all, sent, sent + 10);
        sendLabels(job, all, sent, sent + 10);
        sent += 10;
        await(running, job, sent * SERIES.size());
      }
      kafka.send(
          List.of(
              new ProducerRecord<>(
                  job.kafka().topics().ofClasses().labels(),
                  "{\"series\": \"saw\", \"time\": \"1970-01-01T00:00:00.003Z\", \"label\": \"idle\"}"
                      .getBytes(StandardCharsets.UTF_8)),
              new ProducerRecord<>(
                  job.kafka().topics().ofClasses().labels(), new byte[] {1, 2, 3})));
      models.publish(FORECASTS);
      running.await().until(() -> kafka.deadLetters(job).size() == 3);
      assertThat(kafka.deadLetters(job))
          .extracting(DeadLetter::reason)
          .containsExactlyInAnyOrder(Reason.LABEL, Reason.MALFORMED, Reason.MODEL);
      assertThat(kafka.deadLetters(job))
          .extracting(DeadLetter::message)
          .anyMatch(m -> m.contains("expected a classifier, got one that forecasts"));
      running.assertRunning();
      assertComplete(job, all, sent);
      List<Classification> late =
          classes(job).stream().filter(c -> c.windowEnd() > 500_000).toList();
      assertThat(late).allMatch(c -> c.labels() > 350);
      double right =
          late.stream()
              .filter(
                  c ->
                      all.get(SERIES.indexOf(c.series()))
                          .get((int) (c.windowEnd() / 1_000) - 1)
                          .label()
                          .equals(c.label()))
              .count();
      assertThat(right / late.size()).isGreaterThan(0.75);
    }
  }

  @Test
  void observationsMaySayTheClassOfTheirWindow() throws Exception {
    JobSettings job = settings("marked", "classify: {learning: true}");
    List<Observation> observations = new ArrayList<>();
    for (Step step : all(80).get(0)) {
      observations.add(ClassFixture.labelled(step.observation(), step.label()));
    }
    kafka.create(job, 1);
    try (RunningJob running = flink.submit(job, 2)) {
      kafka.sendObservations(job, observations);
      await(running, job, observations.size());
      List<Classification> classes = classes(job);
      for (int i = 0; i < classes.size(); i++) { // each label is learned before the next window
        assertThat(classes.get(i).labels()).isEqualTo(i);
      }
      assertThat(classes.get(79).accuracy()).isGreaterThan(0.6);
      assertThat(kafka.deadLetters(job)).isEmpty();
    }
  }

  @Tag("slow")
  @Test
  void aStoppedJobGoesOnElsewhereWithoutLosingOrRepeatingAWindow() throws Exception {
    JobSettings job = settings("stopped", "classify: {learning: true}");
    List<List<Step>> all = all(120);
    kafka.create(job, 3);
    Path savepoints = Files.createTempDirectory("weir-classes");
    String savepoint;
    try (RunningJob running = flink.submit(job, 1)) {
      sendObservations(job, all, 0, 70);
      sendLabels(job, all, 0, 70);
      await(running, job, 70 * SERIES.size());
      savepoint = running.stop(savepoints);
    }
    sendObservations(job, all, 70, 120);
    sendLabels(job, all, 70, 120);
    try (RunningJob running = flink.restore(job, 3, savepoint)) {
      await(running, job, 120 * SERIES.size());
      running.assertRunning();
    }
    assertComplete(job, all, 120);
    assertThat(classes(job)).filteredOn(c -> c.windowEnd() == 120_000).hasSize(4);
    assertThat(classes(job))
        .filteredOn(c -> c.windowEnd() > 80_000)
        .allMatch(c -> c.labels() > 30); // what was learned before is still there
  }

  @Test
  void aJobForecastsAndClassifiesTheSameSeries() throws Exception {
    JobSettings job =
        settings(
            "both",
            """
            learning: {size: small}
            forecast: {many-to-one: {horizon: 2}}
            classify: {learning: true}
            """);
    List<List<Step>> all = all(40);
    kafka.create(job, 1);
    try (RunningJob running = flink.submit(job, 2)) {
      sendLabels(job, all, 0, 40);
      sendObservations(job, all, 0, 40);
      List<Observation> late = new ArrayList<>(); // one dead letter each, not two
      SERIES.forEach(name -> late.add(new Observation(name, 3_000, 1, new double[] {2})));
      kafka.sendObservations(job, late);
      await(running, job, 40 * SERIES.size());
      running.await().until(() -> kafka.deadLetters(job).size() >= SERIES.size());
      kafka.awaitForecasts(running, job, 40 * SERIES.size());
      assertThat(kafka.deadLetters(job)).hasSize(SERIES.size());
      assertComplete(job, all, 40);
      assertThat(kafka.forecasts(job)).extracting(Forecast::series).containsAll(SERIES);
    }
  }
}
