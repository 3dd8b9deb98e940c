package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldoutEvaluationTest {

  private static final int ROWS = 60;

  /**
   * @param missing rows without the second target
   */
  private static Map<String, Grid> series(Set<Integer> missing) {
    List<Observation> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      double[] others = {missing.contains(row) ? Double.NaN : row % 5};
      rows.add(new Observation("plant", row, row % 4, others, null, false));
    }
    return Map.of("plant", new Grid(rows));
  }

  /** Windows of 5 begin after rows 44, 49 and 54. */
  @Test
  void windowIsLeftOutWhereItsTargetIsMissing() throws Exception {
    List<String> targets = List.of("load", "wind");
    EvaluationPlan plan = EvaluationPlan.of(null, true, 5, null, 0, targets, List.of());
    EvaluationSeasons season = EvaluationSeasons.of(List.of("4"), plan.seasons());
    HoldoutResult result =
        HoldoutEvaluation.of(series(Set.of(30, 49)), plan.targets(), 3, 5, season, null)
            .run(plan, new ProgressLine());

    assertThat(result.parts())
        .extracting(part -> part.holdout().series() + " " + part.window())
        .containsExactly(
            "plant/load 0", "plant/load 1", "plant/load 2", "plant/wind 0", "plant/wind 2");
    assertThat(result.json()).startsWith("{\"series\":2,\"horizon\":5,\"windows\":3,");
    assertThat(result.note())
        .isEqualTo("Windows left out, since no value comes right before them: 1.");
    assertThat(result.targets()).extracting(TargetsResult::count).containsExactly(2);
  }

  @Test
  void windowsThatAreAllLeftOutAreAnError() throws Exception {
    EvaluationPlan plan = EvaluationPlan.of(5, null);
    EvaluationSeasons season = EvaluationSeasons.of(List.of("4"), plan.seasons());
    Grid first = series(Set.of(54)).get("plant").target(1, 2);
    assertThatThrownBy(
            () -> HoldoutEvaluation.of(Map.of("plant", first), plan.targets(), 1, 5, season, null))
        .hasMessage("--windows: expected a value right before a window, got none");
  }
}
