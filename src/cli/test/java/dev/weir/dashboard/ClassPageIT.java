package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassFixture;
import dev.weir.classify.ClassFixture.Step;
import dev.weir.forecast.Observation;
import dev.weir.job.JobSettings;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.model.ClassifierFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live page of a job that classifies: a real broker, job and server, seen by a real browser.
 */
@Tag("slow")
class ClassPageIT extends BrowserPage {

  private static final int STEPS = 160;
  private static final int LABELS = 130;

  @TempDir private static Path dir;
  private static JobSettings settings;
  private static List<Step> steps;

  @BeforeAll
  static void start() throws Exception {
    Files.write(
        dir.resolve("states.safetensors"),
        ClassifierFiles.toBytes(ClassFixture.model("states", 4, ClassFixture.STATES)));
    settings =
        kafka.job(
            "states",
            dir,
            List.of("observations", "classes", "labels", "models", "dead-letters"),
            """
            window: {seq-len: 11, features: 1}
            classify: {model: states, file: states.safetensors}
            """);
    kafka.create("states.observations", 1, Map.of());
    job = flink.submit(settings, 1);
    dashboard = serve(settings.kafka().topics(), 0);
    steps = ClassFixture.steps("lathe", STEPS, 3);
    kafka.sendObservations("states.observations", steps.stream().map(Step::observation).toList());
    List<ProducerRecord<byte[], byte[]>> labels = new ArrayList<>();
    for (Step step : steps.subList(STEPS - LABELS - 10, STEPS - 10)) {
      Observation labelled = step.observation();
      String label = labelled.time() == 100_000 ? HOSTILE : step.label();
      byte[] bytes = new LabelCodec().encode(new Label("lathe", labelled.time(), label));
      labels.add(new ProducerRecord<>("states.labels", bytes));
    }
    job.await().until(() -> kafka.read("states.classes").size() >= STEPS);
    kafka.send(labels);
  }

  @Test
  void classesProbabilitiesAndLabelsAreShown() throws Exception {
    open("#series=lathe");
    browser.await("the panel", () -> browser.find(".class-panel").isDisplayed());
    browser.await(
        "all labels",
        () -> browser.text(".confusion caption").startsWith(LABELS + " windows with a label"));
    assertThat(browser.text(".class-headline"))
        .matches("Up to .*00:02:40.* it is (idle|run|fault), [0-9.]+.%\\.");
    assertThat(browser.text(".class-panel .facts")).startsWith("states v4 · OK · ");
    assertThat(browser.text(".class-panel .legend")).contains("idle", "run", "fault", HOSTILE);
    long sum =
        browser.js(
            "return [...document.querySelectorAll('.confusion td[data-value]')]"
                + ".reduce((sum, cell) => sum + Number(cell.dataset.value), 0)");
    assertThat(sum).isEqualTo(LABELS);
    double probability =
        browser
            .<Number>js(
                "return [...document.querySelectorAll('.class-bars td[data-value]')]"
                    + ".reduce((sum, cell) => sum + Number(cell.dataset.value), 0)")
            .doubleValue();
    assertThat(probability).isBetween(0.999, 1.001);
    long said = browser.js("return document.querySelectorAll('rect[data-row=said]').length");
    long truths = browser.js("return document.querySelectorAll('rect[data-row=true]').length");
    assertThat(said).isBetween(1L, (long) STEPS);
    assertThat(truths).isGreaterThan(2);
    assertNothingHostileRan();
    assertThat(browser.accessibilityProblems()).isEmpty();

    // a class that comes while the page is open
    Observation next = new Observation("lathe", 1_000L * STEPS + 1_000, 20, new double[] {1e4});
    kafka.sendObservations("states.observations", List.of(next));
    browser.await("the next class", () -> browser.text(".class-headline").contains("00:02:41"));
  }

  @Test
  void allTopicsAreNamed() throws Exception {
    open("#view=job");
    browser.await("the topics", () -> browser.text(".topics").startsWith("Read from"));
    assertThat(browser.text(".topics"))
        .startsWith(
            "Read from states.observations, states.classes, states.labels, states.dead-letters,"
                + " states.models. Times are UTC");
  }

  @Test
  void aPhoneShowsItWithoutScrollingSideways() throws Exception {
    assertAPhoneShows("#series=lathe", ".class-panel");
  }
}
