package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.EvaluationSeasons;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.grid.SamplingOptions;
import dev.weir.forecast.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HoldoutEvaluationTest {

  private static final int ROWS = 60;

  /**
   * @param missing rows that the file does not have
   */
  private static Map<String, Grid> series(Set<Integer> missing) throws Exception {
    List<Observation> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      if (!missing.contains(row)) {
        rows.add(new Observation("plant", 3_600_000L * row, row % 4));
      }
    }
    return CommandLine.populateCommand(new SamplingOptions(), "--interval", "PT1H")
        .grids("weir lab holdout", Map.of("plant", rows), null);
  }

  private static HoldoutEvaluation evaluation(EvaluationPlan plan, int windows, Integer... missing)
      throws Exception {
    EvaluationSeasons season = EvaluationSeasons.of(List.of("4"), plan.seasons());
    return HoldoutEvaluation.of(series(Set.of(missing)), windows, 5, season, null);
  }

  /** Windows of 5 begin after rows 44, 49 and 54. */
  @Test
  void windowIsLeftOutWhereTheValueBeforeItIsMissing() throws Exception {
    EvaluationPlan plan = EvaluationPlan.of(5, null);
    HoldoutResult result = evaluation(plan, 3, 30, 49).run(plan, new ProgressLine());

    assertThat(result.parts()).extracting(HoldoutResult.Part::window).containsExactly(0, 2);
    assertThat(result.json()).startsWith("{\"series\":1,\"horizon\":5,\"windows\":3,");
    assertThat(result.note())
        .isEqualTo("Windows left out, since no value comes right before them: 1.");
  }

  @Test
  void windowsThatAreAllLeftOutAreAnError() {
    assertThatThrownBy(() -> evaluation(EvaluationPlan.of(5, null), 1, 54))
        .hasMessage("--windows: expected a value right before a window, got none");
  }
}
