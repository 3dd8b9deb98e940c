package dev.weir.forecast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.forecast.joint.Targets;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerStateFormat;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.Mode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetsForecasterTest {

  private static final int HORIZON = 3;
  private static final long MINUTE = 60_000;
  private static final Mode MODE = Mode.MANY_TO_ONE;
  private static final Targets ABC = new Targets(List.of("a", "b", "c"), List.of());

  private static ForecastSettings settings(Targets targets, Sampling sampling) {
    Learning learning =
        new Learning(LearnerSettings.defaults(HORIZON).withLevels(List.of(0.8, 0.95)), 1, 0);
    return TestSettings.of(5, TestSettings.learned(HORIZON, learning))
        .targets(targets)
        .sampling(sampling)
        .build();
  }

  private static SeriesForecaster forecaster(Targets targets) throws IOException {
    return SeriesForecaster.inOrder(settings(targets, Sampling.BY_COUNT));
  }

  private static Observation at(int minute, double... values) {
    return new Observation(
        "plant", minute * MINUTE, values[0], Arrays.copyOfRange(values, 1, values.length));
  }

  private static JointForecast only(ForecastResult result) {
    assertThat(result.outputs()).hasSize(1);
    return (JointForecast) result.outputs().get(0);
  }

  private static List<JointForecast> all(SeriesForecaster by, double[][] rows) throws IOException {
    ForecastState state = new ForecastState();
    List<JointForecast> made = new ArrayList<>();
    for (int t = 0; t < rows.length; t++) {
      made.add(only(by.observe(state, at(t, rows[t]))));
    }
    return made;
  }

  private static Forecast of(JointForecast made, String target) {
    return made.targets().stream()
        .filter(each -> each.name().equals(target))
        .findFirst()
        .orElseThrow()
        .forecast();
  }

  /** b is a three values before, with noise; c is on its own. */
  private static double[][] leading(int count) {
    Random random = new Random(8);
    double[] a = new double[count + 3];
    double c = 100;
    for (int t = 1; t < a.length; t++) {
      a[t] = 0.95 * a[t - 1] + random.nextGaussian();
    }
    double[][] rows = new double[count][];
    for (int t = 0; t < count; t++) {
      c += 0.9 * (100 - c) + random.nextGaussian();
      rows[t] = new double[] {a[t + 3], a[t] + 0.3 * random.nextGaussian(), c};
    }
    return rows;
  }

  private static double error(List<JointForecast> made, double[][] rows, String target, int k) {
    double error = 0;
    for (int t = 200; t + HORIZON < rows.length; t++) {
      for (int i = 1; i <= HORIZON; i++) {
        error += Math.abs(of(made.get(t), target).value(i) - rows[t + i][k]);
      }
    }
    return error;
  }

  private static double errorAlone(double[][] rows, String target, int k) throws IOException {
    SeriesForecaster by = forecaster(Targets.ONE);
    ForecastState state = new ForecastState();
    double error = 0;
    for (int t = 0; t + HORIZON < rows.length; t++) {
      Observation next = new Observation("plant/" + target, t * MINUTE, rows[t][k]);
      Forecast made = (Forecast) by.observe(state, next).outputs().get(0);
      for (int i = 1; i <= HORIZON && t >= 200; i++) {
        error += Math.abs(made.value(i) - rows[t + i][k]);
      }
    }
    return error;
  }

  @Test
  void aTargetIsForecastByAnotherThatLeadsIt() throws IOException {
    double[][] rows = leading(1500);
    List<JointForecast> made = all(forecaster(ABC), rows);
    assertThat(error(made, rows, "b", 1) / errorAlone(rows, "b", 1)).isLessThan(0.6);
    assertThat(error(made, rows, "a", 0) / errorAlone(rows, "a", 0)).isBetween(0.97, 1.01);
    assertThat(error(made, rows, "c", 2) / errorAlone(rows, "c", 2)).isBetween(0.97, 1.01);
  }

  @Test
  void theOrderOfTargetsChangesNothing() throws IOException {
    double[][] rows = leading(300);
    double[][] other = new double[rows.length][];
    for (int t = 0; t < rows.length; t++) {
      other[t] = new double[] {rows[t][2], rows[t][0], rows[t][1]};
    }
    Targets.Total sum = ABC.total("sum", List.of("a", "-b"), 0);
    Targets cab = new Targets(List.of("c", "a", "b"), List.of());
    List<JointForecast> made = all(forecaster(new Targets(ABC.names(), List.of(sum))), rows);
    Targets.Total same = cab.total("sum", List.of("a", "-b"), 0);
    List<JointForecast> turned = all(forecaster(new Targets(cab.names(), List.of(same))), other);
    for (int t = 0; t < rows.length; t++) {
      for (String name : ABC.names()) {
        assertThat(of(turned.get(t), name)).isEqualTo(of(made.get(t), name));
      }
      assertThat(turned.get(t).totals()).isEqualTo(made.get(t).totals());
    }
  }

  @Test
  void nothingThatComesLaterChangesAForecast() throws IOException {
    double[][] rows = leading(200);
    double[][] other = leading(200);
    for (int t = 150; t < 200; t++) {
      Arrays.fill(other[t], 17.5 * t);
    }
    assertThat(all(forecaster(ABC), other).subList(0, 150))
        .isEqualTo(all(forecaster(ABC), rows).subList(0, 150));
  }

  @Test
  void aMissingTargetIsLeftOutAndTheOthersGoOn() throws IOException {
    double[][] rows = leading(400);
    for (int t = 0; t < 400; t++) {
      if (t < 20 || t % 7 == 3) {
        rows[t][0] = Double.NaN; // the first one begins late
      }
      if (t >= 100 && t < 250) {
        rows[t][2] = Double.NaN;
      }
    }
    List<JointForecast> made = all(forecaster(ABC), rows);
    for (int t = 0; t < 400; t++) {
      List<String> known = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        if (!Double.isNaN(rows[t][k])) {
          known.add(ABC.names().get(k));
        }
      }
      assertThat(made.get(t).targets()).extracting(JointForecast.Target::name).isEqualTo(known);
      assertThat(made.get(t).origin()).isEqualTo(t * MINUTE);
      for (JointForecast.Target each : made.get(t).targets()) {
        assertThat(each.forecast().values()).doesNotContain(Double.NaN);
        assertThat(each.forecast().series()).isEqualTo("plant/" + each.name());
      }
    }
    assertThat(of(made.get(399), "c").value(1)).isBetween(96.0, 104.0);
  }

  @Test
  void totalsAndTheRegionHoldTheirShare() throws IOException {
    Random random = new Random(3);
    double[][] rows = new double[4000][3];
    double common = 0;
    for (double[] row : rows) {
      common = 0.8 * common + random.nextGaussian();
      for (int k = 0; k < 3; k++) {
        row[k] = (k + 1) * (common + 0.5 * random.nextGaussian());
      }
    }
    Targets.Total sum = ABC.total("sum", ABC.names(), 0);
    Targets.Total net = ABC.total("net", List.of("c", "-a"), 0);
    Targets.Total three = ABC.total("three", List.of("b"), 3);
    List<JointForecast> made =
        all(forecaster(new Targets(ABC.names(), List.of(sum, net, three))), rows);
    int inside = 0;
    int[][] held = new int[3][2];
    int count = 0;
    for (int t = 500; t + HORIZON < rows.length; t++) {
      double[] next = rows[t + 2];
      boolean all = true;
      for (int k = 0; k < 3; k++) {
        Interval region = made.get(t).targets().get(k).region();
        all &= next[k] >= region.lower()[1] && next[k] <= region.upper()[1];
      }
      inside += all ? 1 : 0;
      double[] truth = {
        next[0] + next[1] + next[2],
        next[2] - next[0],
        rows[t + 1][1] + rows[t + 2][1] + rows[t + 3][1]
      };
      for (int i = 0; i < 3; i++) {
        Forecast.Steps steps = made.get(t).totals().get(i).steps();
        int step = i == 2 ? 0 : 1;
        for (int l = 0; l < 2; l++) {
          Interval interval = steps.intervals().get(l);
          boolean holds = truth[i] >= interval.lower()[step] && truth[i] <= interval.upper()[step];
          held[i][l] += holds ? 1 : 0;
        }
      }
      count++;
    }
    assertThat((double) inside / count).isBetween(0.77, 0.83);
    for (int[] ofTotal : held) {
      assertThat((double) ofTotal[0] / count).isBetween(0.77, 0.83);
      assertThat((double) ofTotal[1] / count).isBetween(0.93, 0.97);
    }
    JointForecast last = made.get(made.size() - 1);
    double three0 = Arrays.stream(of(last, "b").values()).sum();
    assertThat(last.totals().get(2).steps().value()).containsExactly(three0);
  }

  @Test
  void whatIsSavedGoesOnBitForBit() throws IOException {
    double[][] rows = leading(120);
    rows[60][1] = Double.NaN;
    Targets.Total day = ABC.total("day", List.of("a"), 3);
    Targets targets = new Targets(ABC.names(), List.of(day));
    List<JointForecast> straight = all(forecaster(targets), rows);
    ForecastState state = new ForecastState();
    for (int t = 0; t < rows.length; t++) {
      SeriesForecaster fresh = forecaster(targets);
      if (t > 0) {
        LearnerState learned = read(written(state.learned(MODE)));
        ForecastState next = new ForecastState();
        next.load(state.times());
        next.learned(MODE, learned);
        state = next;
        assertThat(fresh.jointForecast(0, "plant", state)).isEqualTo(straight.get(t - 1));
      }
      assertThat(only(fresh.observe(state, at(t, rows[t])))).isEqualTo(straight.get(t));
    }
  }

  private static byte[] written(LearnerState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LearnerStateFormat.write(state, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static LearnerState read(byte[] bytes) throws IOException {
    return LearnerStateFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @Test
  void damagedStateIsRefused() throws IOException {
    ForecastState state = new ForecastState();
    forecaster(ABC).observe(state, at(0, 1, 2, 3));
    byte[] bytes = written(state.learned(MODE));
    int names = indexOf(bytes, new byte[] {3, 0, 1, 'a', 0, 1, 'b'}); // how many, then the first
    bytes[names] = 33;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessage("memory: expected 2 to 32 targets, got 33");
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes, names))).isInstanceOf(IOException.class);
  }

  private static int indexOf(byte[] all, byte[] part) {
    int at = 0;
    while (!Arrays.equals(Arrays.copyOfRange(all, at, at + part.length), part)) {
      at++;
    }
    return at;
  }

  @Test
  void otherTargetsStartAgain() throws IOException {
    double[][] rows = leading(60);
    ForecastState state = new ForecastState();
    for (int t = 0; t < 50; t++) {
      forecaster(ABC).observe(state, at(t, rows[t]));
    }
    Targets others = new Targets(List.of("a", "x", "c"), List.of());
    forecaster(others).observe(state, at(50, rows[50]));
    assertThat(state.learned(MODE).count()).isOne();
    assertThat(state.learned(MODE).targets().names()).isEqualTo(others.names());
  }

  @Test
  void targetsInAnotherOrderAreNotMixed() throws IOException {
    double[][] rows = leading(60);
    ForecastState state = new ForecastState();
    ForecastState fresh = new ForecastState();
    for (int t = 0; t < 50; t++) {
      forecaster(ABC).observe(state, at(t, rows[t]));
    }
    SeriesForecaster turned = forecaster(new Targets(List.of("c", "a", "b"), List.of()));
    for (int t = 50; t < 60; t++) {
      Observation next = at(t, rows[t][2], rows[t][0], rows[t][1]);
      JointForecast made = only(turned.observe(state, next));
      assertThat(made).isEqualTo(only(turned.observe(fresh, next)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SKIP", "RESET"})
  void gapsArePassed(Gap gap) throws IOException {
    double[][] rows = leading(300);
    SeriesForecaster by = SeriesForecaster.inOrder(settings(ABC, new Sampling(MINUTE, gap, 10)));
    ForecastState state = new ForecastState();
    for (int t = 0; t < 300; t++) {
      if (t % 50 < 45) {
        JointForecast made = only(by.observe(state, at(t, rows[t])));
        assertThat(made.targets()).hasSize(3);
      }
    }
    assertThat(state.learned(MODE).count()).isEqualTo(gap == Gap.RESET ? 45 : 295);
  }

  @Test
  void whatOthersAddIsExplained() throws IOException {
    Learning learning =
        new Learning(LearnerSettings.defaults(HORIZON), 1, 50)
            .explained(ExplanationSettings.NUMBERED);
    SeriesForecaster by =
        SeriesForecaster.inOrder(
            TestSettings.of(5, TestSettings.learned(HORIZON, learning)).targets(ABC).build());
    ForecastState state = new ForecastState();
    double[][] rows = leading(400);
    boolean isSaid = false;
    List<Score> scores = new ArrayList<>();
    for (int t = 0; t < 400; t++) {
      for (Output output : by.observe(state, at(t, rows[t])).outputs()) {
        if (output instanceof Score score) {
          scores.add(score);
        } else {
          Forecast b = of((JointForecast) output, "b");
          double sum = b.explanation().parts().stream().mapToDouble(p -> p.amount()).sum();
          assertThat(sum).isCloseTo(b.value(1), org.assertj.core.data.Offset.offset(1e-9));
          isSaid |= b.explanation().parts().stream().anyMatch(p -> p.name().equals("a"));
        }
      }
    }
    assertThat(isSaid).isTrue();
    assertThat(scores.subList(0, 3))
        .extracting(Score::series)
        .containsExactly("plant/a", "plant/b", "plant/c");
    assertThat(by.score(0, 1, "plant", state).mae()).isPositive();
  }
}
