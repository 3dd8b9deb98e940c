package dev.weir.stream.contest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.Output;
import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.contest.ShadowScore;
import dev.weir.model.Mode;
import dev.weir.stream.RecordedMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

public class ContestFunctionTest {

  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final List<String> MODELS = List.of("a", "b");

  private static ContestFunction function(List<String> models) {
    ContestSettings settings =
        new ContestSettings("job", models, true, 0.95, 2, 7, Duration.ofDays(1));
    return new ContestFunction(new EnumMap<>(Map.of(Mode.MANY_TO_ONE, settings)));
  }

  /** Those that the operator registers. */
  public static RecordedMetrics metrics() {
    RecordedMetrics metrics = new RecordedMetrics();
    function(MODELS).register(metrics);
    return metrics;
  }

  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<String, ShadowScore, Output> {

    Harness(List<String> models, OperatorSubtaskState state) throws Exception {
      super(
          new KeyedProcessOperator<>(function(models)),
          score -> score.mode().label(),
          Types.STRING);
      if (state != null) {
        initializeState(state);
      }
      open();
    }

    List<Output> take() {
      List<Output> all = new ArrayList<>(extractOutputValues());
      getOutput().clear();
      return all;
    }
  }

  private static ShadowScore score(long day, double gain) {
    long[] gains = {0, Math.round(gain * ShadowScore.ONE)};
    return new ShadowScore(Mode.MANY_TO_ONE, 5, 0, new long[] {1, 1}, day, gains);
  }

  /** Five series on each of 60 days. */
  private static List<List<ShadowScore>> days() {
    Random random = new Random(1);
    List<List<ShadowScore>> days = new ArrayList<>();
    for (int day = 0; day < 60; day++) {
      List<ShadowScore> scores = new ArrayList<>();
      for (int s = 0; s < 5; s++) {
        scores.add(score(day, 0.05 + 0.1 * random.nextGaussian()));
      }
      days.add(scores);
    }
    return days;
  }

  @Test
  void betterModelIsPromotedOnceWithTheSameBitsAfterRestores() throws Exception {
    List<Output> expected = new ArrayList<>();
    try (Harness harness = new Harness(MODELS, null)) {
      for (List<ShadowScore> day : days()) {
        for (ShadowScore score : day) {
          harness.processElement(score, 0);
        }
        harness.processWatermark((day.get(0).period() + 1) * DAY);
      }
      harness.processWatermark(100 * DAY);
      expected.addAll(harness.take());
    }
    assertThat(expected)
        .filteredOn(output -> ((ContestReport) output).event() != Event.STANDINGS)
        .hasSize(1)
        .first()
        .satisfies(
            output -> {
              ContestReport report = (ContestReport) output;
              assertThat(report.event()).isEqualTo(Event.PROMOTED);
              assertThat(report.champion()).isEqualTo("b");
              assertThat(report.before()).isEqualTo("a");
            });

    Random random = new Random(2);
    List<Output> restored = new ArrayList<>();
    Harness harness = new Harness(MODELS, null);
    for (List<ShadowScore> day : days()) {
      Collections.shuffle(day, random);
      for (ShadowScore score : day) {
        harness.processElement(score, 0);
      }
      restored.addAll(harness.take());
      OperatorSubtaskState state = harness.snapshot(1, 1);
      harness.close();
      harness = new Harness(MODELS, state);
      harness.processWatermark((day.get(0).period() + 1) * DAY);
    }
    harness.processWatermark(100 * DAY);
    restored.addAll(harness.take());
    harness.close();
    assertThat(restored).isEqualTo(expected);
  }

  @Test
  void otherModelsInTheJobFileStartAgain() throws Exception {
    OperatorSubtaskState state;
    try (Harness harness = new Harness(MODELS, null)) {
      harness.processElement(score(1, 0.1), 0);
      state = harness.snapshot(1, 1);
    }
    try (Harness harness = new Harness(List.of("a", "b", "c"), state)) {
      harness.processWatermark(10 * DAY);
      assertThat(harness.take()).isEmpty();
      long[] versions = {1, 1, 1};
      for (int i = 0; i < 2; i++) {
        harness.processElement(
            new ShadowScore(Mode.MANY_TO_ONE, 5, 0, versions, 12, new long[3]), 0);
      }
      harness.processWatermark(14 * DAY);
      assertThat(harness.take()).hasSize(1);
    }
  }
}
