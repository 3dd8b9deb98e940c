package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Bounds;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PlanOptionsTest {

  @TempDir private Path dir;

  private static EvaluationPlan plan(String... words) throws Exception {
    PlanOptions options = new PlanOptions();
    new CommandLine(new Command(options)).parseArgs(words);
    return options.planOfValues("weir evaluate", null);
  }

  @CommandLine.Command
  private static final class Command {
    @CommandLine.Mixin private final PlanOptions options;

    Command(PlanOptions options) {
      this.options = options;
    }
  }

  @Test
  void boundsStayWithSeasonsAndWithoutNetworks() throws Exception {
    assertThat(plan().settings().modes().get(0).bounds()).isEqualTo(Bounds.NONE);
    EvaluationPlan plan = plan("--bounds-min", "0", "--bounds-max", "9", "--bounds-integer");
    Bounds bounds = new Bounds(0, 9, true);
    assertThat(plan.settings().modes().get(0).bounds()).isEqualTo(bounds);
    assertThat(plan.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
    EvaluationPlan without = plan.withoutNetworks();
    assertThat(without.withSeason(7, null).modes().get(0).bounds()).isEqualTo(bounds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bounds-min 2 --bounds-max 1 | --bounds-min: expected less than max (1.0), got 2.0",
        "--bounds-min 0.5 --bounds-integer | --bounds-min: expected a whole number with integer,"
            + " got 0.5",
        "--bounds-min NaN | expected a number from -1e30 to 1e30, got 'NaN'",
        "--bounds-min 0 --job jobs/many-to-one.yaml | --bounds: expected none with --job, which has"
            + " its own, got one"
      })
  void wrongBoundsAreOneLine(String options, String problem) throws Exception {
    Path csv = dir.resolve("demand.csv");
    Files.writeString(csv, "series_id,timestamp,value\na,2026-01-01T00:00:00Z,3\n");
    InProcess weir =
        InProcess.run(("evaluate --input " + csv + " " + options.strip()).split(" +")).failed(2);
    assertThat(weir.err()).contains(problem.strip());
  }
}
