package dev.weir.lab.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.evaluate.EvaluationInput;
import dev.weir.cli.evaluate.EvaluationInput.Series;
import dev.weir.cli.evaluate.EvaluationPlan;
import dev.weir.cli.evaluate.FileForecaster;
import dev.weir.cli.evaluate.FileForecaster.Progress;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Observation;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code weir lab ages}: how well series are forecast by the number of values that they had. */
@Command(
    name = "ages",
    description =
        "Errors of forecasts by the number of values that a series had, from its 20th value on.",
    abbreviateSynopsis = true,
    footer = {"", "Example: weir lab ages --input demand.csv --season 24 --horizon 2"})
public final class AgesCommand implements Callable<Integer> {

  @Mixin private EvaluationInput input;

  @Mixin private ResultOptions output;

  /**
   * @param byMethod errors of each series, by method
   */
  private record ByAge(Map<String, List<ErrorsByAge>> byMethod) implements Result {

    private double relMae(String method, int group) {
      return Math.exp(
          byMethod.get(method).stream()
              .mapToDouble(errors -> errors.relMae(group))
              .filter(error -> error > 0)
              .map(Math::log)
              .average()
              .orElse(Double.NaN));
    }

    private Table<Integer> groups() {
      Table<Integer> table =
          new Table<Integer>().column("values", "values", null, ErrorsByAge::name);
      byMethod.keySet().forEach(m -> table.column(m, m, "%.3f", group -> relMae(m, group)));
      return table;
    }

    private static List<Integer> all() {
      return IntStream.range(0, ErrorsByAge.groups()).boxed().toList();
    }

    @Override
    public String table() {
      return groups().text(all());
    }

    @Override
    public String json() {
      ObjectNode root = Json.object();
      ObjectNode ages = root.putObject("geometric_mean_rel_mae_by_age");
      for (String method : byMethod.keySet()) {
        ObjectNode node = ages.putObject(method);
        all().forEach(g -> node.set(ErrorsByAge.name(g), Json.number(relMae(method, g))));
      }
      return root.toString();
    }

    @Override
    public String csv() {
      return groups().csv(all());
    }
  }

  @Override
  public Integer call() throws Exception {
    Series series = input.read("weir lab ages");
    int horizon = series.plan().others().horizon();
    Map<Grid, Trial> trials = new LinkedHashMap<>();
    series
        .grids()
        .forEach(
            (name, grid) -> {
              try {
                trials.put(grid, trial(grid, series.season().m(name), horizon));
              } catch (IllegalArgumentException e) {
                System.err.println("skipped " + Printable.line(e.getMessage()));
              }
            });
    if (trials.isEmpty()) {
      throw EvaluationInput.tooShort();
    }
    EvaluationPlan plain = series.plan().withoutNetworks();
    Map<String, List<ErrorsByAge>> errors = new LinkedHashMap<>();
    try (Progress progress =
        Progress.of(new ProgressLine(), trials.keySet(), plain == null ? 1 : 2)) {
      FileForecaster ours = new FileForecaster(series.plan(), series.season(), null, progress);
      errors.put(Evaluation.WEIR, errors(trials, ours));
      if (plain != null) {
        FileForecaster without = new FileForecaster(plain, series.season(), null, progress);
        errors.put(Evaluation.WITHOUT_NETWORKS, errors(trials, without));
      }
    }
    output.write(new ByAge(errors));
    return 0;
  }

  private static Trial trial(Grid grid, int m, int horizon) {
    double[] values = grid.rows().stream().mapToDouble(Observation::value).toArray();
    return new Trial(grid.series(), values, m, horizon, 0, 1, grid.missing());
  }

  private static List<ErrorsByAge> errors(Map<Grid, Trial> trials, FileForecaster by)
      throws IOException {
    return FileForecaster.each(
        trials.entrySet(),
        one -> {
          ErrorsByAge errors = new ErrorsByAge(one.getValue());
          by.read(one.getKey(), (forecast, row) -> errors.add(row + 1, forecast.values()));
          return errors;
        });
  }
}
