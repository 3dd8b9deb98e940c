package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierModel;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the bytes that a series of classes keeps with the estimate and with the limits. */
class ClassStateSizeTest {

  private static final int DELAYED = ClassifySettings.DEFAULT_WAITING - 1;

  @ParameterizedTest
  @CsvSource({
    "5, 2, 0, 17_000",
    "5, 3, 0, 20_000",
    "24, 3, 0, 31_000",
    "5, 10, 0, 31_000",
    "5, 3, 99, 30_000",
    "24, 3, 99, 60_000"
  })
  void aSeriesKeepsFewBytes(int seqLen, int classes, int delay, String most) throws Exception {
    ClassifySettings settings =
        ClassFixture.of(seqLen)
            .channels(1)
            .maxClasses(ClassifySettings.DEFAULT_MAX_CLASSES)
            .waiting(ClassifySettings.DEFAULT_WAITING)
            .build();
    ClassFixture context = new ClassFixture();
    ClassFixture.OneSeries classifier = context.classifier(settings);
    ClassState state = classifier.newState();
    for (int i = 0; i < 400; i++) {
      SourceRecord source = new SourceRecord("t", 0, i, i, null, null);
      classifier.observe(state, new Observation("machine", i, i % 17, new double[0]), source);
      if (i >= delay) {
        String label = "class " + (i - delay) % classes;
        assertThat(classifier.label(state, new LabelEvent("machine", i - delay, label, source)))
            .isTrue();
      }
    }
    int size = saved(state);
    int waiting = delay == 0 ? 1 : DELAYED + 1;
    assertThat(size).isLessThan(Integer.parseInt(most.replace("_", "")));
    assertThat(size).isCloseTo(state.bytes(), withinPercentage(3));
    assertThat(state.bytes())
        .isCloseTo(SeriesClassifier.seriesBytes(settings, classes, waiting), withinPercentage(10));
  }

  private static int saved(ClassState state) throws IOException {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ClassStateFormat.write(state, new DataOutputStream(saved));
    return saved.size();
  }

  @Test
  void whatIsLearnedOfAModelsOutputsCounts() throws Exception {
    ClassifierModel model = ClassFixture.model("states", 1, ClassFixture.STATES);
    ClassFixture.OneSeries classifier =
        new ClassFixture().classifier(ClassFixture.settings(5, 1, model));
    ClassState state = classifier.newState();
    for (int t = 1; t <= 40; t++) {
      classifier.observe(state, ClassFixture.observation(t, t % 7, -t), ClassFixture.source(t));
    }
    assertThat(state.readout.bytes()).isGreaterThan(state.bytes() / 50);
    assertThat(saved(state)).isCloseTo(state.bytes(), withinPercentage(1));
  }
}
