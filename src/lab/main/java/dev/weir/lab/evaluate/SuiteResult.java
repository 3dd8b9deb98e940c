package dev.weir.lab.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.EvaluationPage;
import dev.weir.cli.evaluate.EvaluationResult;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Our figures of the tasks of a {@link Suite}, and our place among the published ones.
 *
 * @param outcomes one for each task
 */
record SuiteResult(List<Outcome> outcomes, Published published) implements Result {

  private static final String OURS = "weir";

  private static final int SHOWN = 10;

  private static final String MARK = "*";
  private static final String MARKED =
      MARK
          + " trained on data of these tasks, as the source says; a model without it may have"
          + " been.";

  /**
   * @param figures MASE and more of ours, and {@code naive_mase}, by name; not those that the task
   *     does not have
   * @param problem why the figures count for nothing; null if they count
   */
  record Outcome(String task, Map<String, Double> figures, String problem) {

    /** NaN for a figure that is missing. */
    double get(String name) {
      return figures.getOrDefault(name, Double.NaN);
    }

    String line() {
      return problem != null
          ? "%s: %s".formatted(task, problem)
          : "%s: %,.0f series, MASE %.3f, seasonal naive %.3f"
              .formatted(task, get("series"), get("mase"), get("naive_mase"));
    }
  }

  static Map<String, Double> figures(HoldoutResult result) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("series", (double) result.series());
    values.put("without_scale", (double) result.withoutScale());
    values.put("naive_mase", result.scaled(Evaluation.SEASONAL_NAIVE, SeriesScore::mase));
    values.put("mase", result.scaled(Evaluation.WEIR, SeriesScore::mase));
    values.put("wql", result.wql(Evaluation.WEIR));
    values.put("smape", result.mean(Evaluation.WEIR, SeriesScore::smape));
    values.put("msis", result.msis(Evaluation.WEIR));
    for (double level : new double[] {0.8, 0.95}) {
      int place = result.levels().indexOf(level);
      values.put(
          "coverage_" + EvaluationResult.percent(level),
          place < 0
              ? null
              : result.meanOfIntervals(Evaluation.WEIR, score -> score.coverage()[place]));
    }
    values.values().removeIf(value -> value == null || !Double.isFinite(value));
    return values;
  }

  private record Rank(int place, int of) {

    static Rank of(double ours, List<Double> others) {
      List<Double> known = others.stream().filter(Double::isFinite).toList();
      return known.isEmpty() || !Double.isFinite(ours)
          ? null
          : new Rank(1 + (int) known.stream().filter(one -> one < ours).count(), known.size() + 1);
    }

    @Override
    public String toString() {
      return place + " of " + of;
    }
  }

  /** Geometric means over the tasks of one source, relative to the seasonal naive method. */
  private record Standing(
      String source,
      List<String> tasks,
      Map<String, Double> mase,
      Map<String, Double> wql,
      List<String> seen) {

    String marked(String model) {
      return seen.contains(model) ? model + MARK : model;
    }

    static Rank rank(Map<String, Double> means) {
      List<Double> others =
          means.entrySet().stream()
              .filter(one -> !one.getKey().equals(OURS))
              .map(Map.Entry::getValue)
              .toList();
      return means.containsKey(OURS) ? Rank.of(means.get(OURS), others) : null;
    }
  }

  /** Whether each task gave figures that count. */
  boolean isComplete() {
    return outcomes.stream().allMatch(one -> one.problem == null);
  }

  private List<Outcome> counted() {
    return outcomes.stream().filter(one -> one.problem == null).toList();
  }

  private List<String> leftOut() {
    return outcomes.stream().filter(one -> one.problem != null).map(Outcome::line).toList();
  }

  private Rank rank(Outcome outcome, String figure) {
    return Rank.of(
        outcome.get(figure),
        published.of(outcome.task).stream().map(of(figure)::applyAsDouble).toList());
  }

  private static ToDoubleFunction<Published.Entry> of(String figure) {
    return figure.equals("mase") ? Published.Entry::mase : Published.Entry::wql;
  }

  private Published.Entry best(Outcome outcome) {
    return published.of(outcome.task).stream()
        .filter(one -> Double.isFinite(one.mase()))
        .min(Comparator.comparingDouble(Published.Entry::mase))
        .orElse(null);
  }

  private Table<Outcome> tasks() {
    Table<Outcome> table =
        new Table<Outcome>()
            .column("task", "task", null, Outcome::task)
            .column("series", "series", "%,.0f", one -> one.get("series"))
            .data("without_scale", one -> one.get("without_scale"))
            .column("naive", "naive_mase", "%.3f", one -> one.get("naive_mase"))
            .column("MASE", "mase", "%.3f", one -> one.get("mase"))
            .text("relative", "%.3f", one -> one.get("mase") / one.get("naive_mase"))
            .column("rank", "mase_rank", "%s", one -> rank(one, "mase"))
            .column("WQL", "wql", "%.4f", one -> one.get("wql"))
            .column("rank", "wql_rank", "%s", one -> rank(one, "wql"))
            .column("sMAPE", "smape", "%.2f", one -> one.get("smape"))
            .column("MSIS", "msis", "%.2f", one -> one.get("msis"))
            .text("in 80 %", "%.1f", one -> 100 * one.get("coverage_80"))
            .text("in 95 %", "%.1f", one -> 100 * one.get("coverage_95"))
            .data("coverage_80", one -> one.get("coverage_80"))
            .data("coverage_95", one -> one.get("coverage_95"));
    return table
        .text(
            "best published",
            null,
            one -> best(one, best -> best.model() + (best.seen() ? MARK : "")))
        .data("best_published", one -> best(one, Published.Entry::model))
        .data("best_published_seen_in_training", one -> best(one, Published.Entry::seen))
        .column("MASE", "best_published_mase", "%.3f", one -> best(one, Published.Entry::mase));
  }

  private <T> T best(Outcome outcome, Function<Published.Entry, T> figure) {
    Published.Entry best = best(outcome);
    return best == null ? null : figure.apply(best);
  }

  private List<Standing> standings() {
    Map<String, List<Outcome>> bySource = new LinkedHashMap<>();
    for (Outcome outcome : counted()) {
      Published.Entry naive = published.naive(outcome.task);
      if (naive != null) {
        bySource.computeIfAbsent(naive.source(), none -> new ArrayList<>()).add(outcome);
      }
    }
    List<Standing> standings = new ArrayList<>();
    bySource.forEach(
        (source, tasks) ->
            standings.add(
                new Standing(
                    source,
                    tasks.stream().map(Outcome::task).toList(),
                    means(tasks, "mase"),
                    means(tasks, "wql"),
                    tasks.stream()
                        .flatMap(task -> published.of(task.task).stream())
                        .filter(Published.Entry::seen)
                        .map(Published.Entry::model)
                        .distinct()
                        .toList())));
    return standings;
  }

  /** Relative geometric means of those that have each task, the best first. */
  private Map<String, Double> means(List<Outcome> tasks, String figure) {
    ToDoubleFunction<Published.Entry> value = of(figure);
    Map<String, Double> logarithms = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Outcome outcome : tasks) {
      double naive = value.applyAsDouble(published.naive(outcome.task));
      Map<String, Double> all = new LinkedHashMap<>();
      all.put(OURS, outcome.get(figure));
      published.of(outcome.task).forEach(one -> all.put(one.model(), value.applyAsDouble(one)));
      all.forEach(
          (model, one) -> {
            if (Double.isFinite(one / naive)) {
              logarithms.merge(model, Math.log(one / naive), Double::sum);
              counts.merge(model, 1, Integer::sum);
            }
          });
    }
    Set<String> whole = new HashSet<>(counts.keySet());
    whole.removeIf(model -> counts.get(model) < tasks.size());
    Map<String, Double> means = new LinkedHashMap<>();
    logarithms.entrySet().stream()
        .filter(one -> whole.contains(one.getKey()))
        .sorted(Map.Entry.comparingByValue())
        .forEach(one -> means.put(one.getKey(), Math.exp(one.getValue() / tasks.size())));
    return means;
  }

  @Override
  public String table() {
    StringBuilder text = new StringBuilder(tasks().text(counted()));
    for (Standing standing : standings()) {
      text.append(heading(standing)).append(System.lineSeparator());
      Table<String> table =
          new Table<String>()
              .text("model", null, standing::marked)
              .text("MASE", "%.3f", standing.mase::get)
              .text("WQL", "%.3f", standing.wql::get);
      text.append(table.text(shown(standing.mase)));
    }
    text.append(String.format("%n%s%n", MARKED));
    leftOut().forEach(line -> text.append(String.format("%nleft out: %s%n", line)));
    return text.toString();
  }

  private static String heading(Standing standing) {
    return "%n%s, %d %s: geometric means relative to the seasonal naive method; rank %s by MASE, %s by WQL"
        .formatted(
            standing.source,
            standing.tasks.size(),
            standing.tasks.size() == 1 ? "task" : "tasks",
            Standing.rank(standing.mase),
            Table.cell("%s", Standing.rank(standing.wql)));
  }

  private static List<String> shown(Map<String, Double> means) {
    List<String> all = List.copyOf(means.keySet());
    int ours = all.indexOf(OURS);
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i < SHOWN || Math.abs(i - ours) <= 1 || all.get(i).equals(Published.NAIVE)) {
        shown.add(all.get(i));
      }
    }
    return shown;
  }

  @Override
  public String json() {
    ObjectNode root = Json.object();
    tasks().json(root.putArray("tasks"), counted());
    ArrayNode sources = root.putArray("sources");
    for (Standing standing : standings()) {
      ObjectNode source = sources.addObject().put("source", standing.source);
      source.set("tasks", Json.tree(standing.tasks));
      source.set("relative_mase", Json.tree(standing.mase));
      source.set("relative_wql", Json.tree(standing.wql));
      source.set("seen_in_training", Json.tree(standing.seen));
    }
    ArrayNode left = root.putArray("left_out");
    leftOut().forEach(left::add);
    return root.toString();
  }

  /** One row for each task. */
  @Override
  public String csv() {
    return tasks().csv(counted());
  }

  /** As one HTML file that needs nothing else. */
  String page() {
    StringBuilder page = Html.page("Weir: suite", "");
    Html.dim(page, "MASE and WQL over the tasks below; smaller is better. " + MARKED);
    for (Standing standing : standings()) {
      page.append("<h2>").append(Html.escaped(standing.source)).append("</h2>\n");
      Html.dim(
          page, heading(standing).strip() + ". The best models by MASE, ours and the naive one:");
      Map<String, Double> means = new LinkedHashMap<>();
      shown(standing.mase)
          .forEach(model -> means.put(standing.marked(model), standing.mase.get(model)));
      EvaluationPage.bars(page, means, OURS);
    }
    page.append("<h2>Tasks</h2>\n<div class=\"wide\"><table>\n");
    Html.rows(page, tasks(), counted());
    page.append("</table></div>\n");
    leftOut().forEach(line -> Html.dim(page, "Left out: " + line));
    return page.append("</body>\n</html>\n").toString();
  }
}
