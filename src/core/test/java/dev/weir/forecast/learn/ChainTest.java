package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NewHistory;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.SeriesDimensions;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.stage.Draft;
import dev.weir.forecast.stage.LevelShift;
import dev.weir.forecast.stage.Limits;
import dev.weir.forecast.stage.OpenForecasts;
import dev.weir.forecast.stage.Outcome;
import dev.weir.forecast.stage.Row;
import dev.weir.forecast.stage.RunningScores;
import dev.weir.forecast.stage.Stage;
import dev.weir.forecast.step.FollowedSteps;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Experts say 10 + i and 20 + i of step i; a first stage takes the mean, a second adds .5. */
class ChainTest {

  private static final int AGE = NewestWeight.UNCHANGED;

  private record Level(String name, double level) implements Expert {
    @Override
    public void forecast(History history, ExpertState state, double[] out) {
      Arrays.setAll(out, i -> level + i + 1);
    }
  }

  /** The first stage, which notes what it is called for. */
  private Object mean(Object proxy, Method method, Object[] given) {
    if (method.getName().equals("make")) {
      double[][] said = ((Draft) given[1]).experts;
      Arrays.setAll(((Draft) given[1]).value, i -> (said[0][i] + said[1][i]) / 2);
    } else if (method.getName().equals("learn")) {
      Outcome of = (Outcome) given[1];
      String experts = Arrays.toString(of.experts);
      calls.add(
          "step %d from %d: %s for %s, error %s"
              .formatted(of.step(), of.origin(), experts, of.truth(), of.error()));
    } else {
      Object[] shown = given == null ? null : given[0] == row ? new Object[] {row.t()} : given;
      calls.add(method.getName() + (shown == null ? "" : " " + Arrays.toString(shown)));
    }
    return null;
  }

  private record Plus(double[] amount) implements Stage {
    @Override
    public String name() {
      return "plus";
    }

    @Override
    public void make(Row row, Draft draft) {
      Arrays.setAll(draft.value, i -> draft.value[i] + amount[0]);
    }
  }

  private final List<String> calls = new ArrayList<>();
  private final double[] plus = {0.5};
  private final Slots slots = NewSlots.declare();
  private final History history = NewHistory.of(new SeriesDimensions(3, 2, 100, 100));
  private final FollowedSteps followed = new FollowedSteps(3);
  private final Row row = new Row(history, new RunningScores(slots, followed, 2));
  private final List<Expert> experts = List.of(new Level("a", 10), new Level("b", 20));
  private final ExpertEnsemble ensemble = new ExpertEnsemble(slots, experts, 3);
  private final Chain chain =
      new Chain(
          LearnerSettings.small(3),
          slots,
          row,
          new OpenForecasts(slots, followed, experts),
          followed,
          List.of(
              (Stage)
                  Proxy.newProxyInstance(
                      Stage.class.getClassLoader(), new Class<?>[] {Stage.class}, this::mean),
              new Plus(plus),
              new Limits()),
          ensemble);
  private final LearnerState state = new LearnerState(slots.layout(2), 0, false);

  ChainTest() {
    slots.bind(slots.layout(2), state.doubles(), state.floats(), state.shorts());
    chain.reset(0);
    chain.resetSeason();
  }

  private void observe(double... values) {
    for (double value : values) {
      chain.score(state, value, AGE);
      history.append(value);
      ensemble.forecast(history);
      chain.make(value, AGE);
    }
  }

  private void assertNewest(double error, double naive, double seasonal, long... held) {
    LatestScores newest = chain.newest();
    assertThat(newest.error()).isEqualTo(error, within(1e-5));
    assertThat(newest.naiveError()).isEqualTo(naive);
    assertThat(newest.seasonalNaiveError()).isEqualTo(seasonal);
    for (int k = 0; k < held.length; k++) {
      assertThat(newest.held(k)).as("level %d", k).isEqualTo(held[k]);
    }
  }

  @Test
  void stagesLearnFromEachForecastOfTheNextValue() {
    observe(12, 15);
    chain.clock(2, 70, 10);
    chain.score(state, 14, AGE);
    assertThat(calls)
        .containsExactly(
            "reset [0]",
            "resetSeason",
            "begin [0]",
            "finish [0]",
            "begin [1]",
            "step 1 from 0: [-1.0, 9.0] for 3.0, error -1.5",
            "finish [1]",
            "clock [2, 70, 10]",
            "begin [2]",
            "step 1 from 1: [-4.0, 6.0] for -1.0, error -2.5",
            "step 2 from 0: [0.0, 10.0] for 2.0, error -3.5",
            "finish [2]");
    assertThat(chain.added(0)).isEqualTo(1); // 16 - 15
    assertThat(chain.added(1)).isEqualTo(0.5);
    assertThat(chain.stage(Limits.class)).isSameAs(chain.stages.get(2));
    assertThatThrownBy(() -> chain.stage(LevelShift.class)).hasMessageContaining("LevelShift");
  }

  /** After one error of 1.5: ends at 1.5 ln .2 and 1.5 ln .05, kept in 16 bits. */
  @Test
  void scoresAreOfWhatWasIssued() {
    chain.scoresDistributions = true;
    observe(12);
    assertThat(chain.issued(2)).isEqualTo(17.5 - 12);
    observe(15);
    assertNewest(1.5, 3, 3, 0, 0); // the first forecast has no intervals
    double[] ends = {-4.494, -2.414, 0, 2.414, 4.494};
    assertThat(chain.ends(1)).containsExactly(ends, within(0.02));
    observe(14);
    assertNewest(2.5 + 3.5, 1 + 2, 2 + 2, 0, 1); // in a season of 2: 12 for 15 and 12 for 12
    assertThat(chain.newest().crps()).isEqualTo(chain.scorer.crps(ends, -2.5), within(0.02));
    assertThat(chain.newest().naiveBeside()).isEqualTo(1);
    assertThat(state.distributions().count(0)).isEqualTo(1);
    assertThat(state.distributions().count(1)).as("made without intervals").isZero();
    chain.scoresDistributions = false;
    observe(14);
    assertThat(state.distributions()).isNull();
  }

  @Test
  void boundsRoundForecastsDownAndUpToTheirEnds() {
    Bounds bounds = new Bounds(0, 16, true);
    row.bounds(bounds);
    chain.intervals.bound(bounds);
    chain.scoresDistributions = true;
    observe(12, 15);
    assertThat(chain.issued(3)).isEqualTo(16 - 15); // 18.5
    assertNewest(1, 3, 3, 0, 0);
    observe(14); // the lower end, 16 - 1.6, is 14; two steps ahead there is none yet
    assertNewest(2 + 2, 1 + 2, 2 + 2, 1, 1);
    assertThat(row.scores.mean(RunningScores.HITS, 1)).isEqualTo(0.5);
    double[] ends = {-3, -2, 0, 0, 0}; // 16 - 3 and 16 - 1.6, and the bound
    assertThat(chain.newest().crps()).isEqualTo(chain.scorer.crps(ends, -2), within(1e-9));
  }

  @Test
  void theMostFrequentValueIsInEachInterval() {
    chain.scoresDistributions = true;
    for (int t = 0; t < 30; t++) {
      plus[0] = t < 26 ? -4 : 16; // 12 at step 1, then 32
      observe(12);
    }
    assertNewest(20 + 21 + 22, 0, 0, 3, 3);
    assertThat(chain.newest().crps()).isLessThan(63 * 0.9); // with the lower ends at the value
    for (int t = 0; t < 4; t++) {
      plus[0] = -44; // below
      observe(12);
    }
    assertNewest(40 + 39 + 38, 0, 0, 3, 3);
    assertThat(chain.newest().crps()).isLessThan(117 * 0.9);
  }

  @Test
  void whatIsSkippedOrDroppedIsNotScored() {
    observe(12, 15);
    history.append(15);
    chain.skip(AGE);
    assertThat(calls).endsWith("skip [2]");
    observe(14); // two and three steps ahead of 15 and 12
    assertThat(chain.newest().steps()).isEqualTo(2);
    assertThat(chain.isSound()).isTrue();
    chain.dropIssued();
    assertThat(chain.isSound()).isFalse();
    observe(14);
    assertThat(chain.newest().steps()).isZero();
    state.firstScored(4);
    observe(14, 14);
    assertThat(chain.newest().steps()).isEqualTo(2); // made at 4 and 5
  }
}
