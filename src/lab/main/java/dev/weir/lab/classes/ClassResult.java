package dev.weir.lab.classes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.classify.ClassScore;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an evaluation of classifications has found.
 *
 * @param classes names, in the order of the scores
 * @param learned how many windows or rows were learned from
 * @param weir scores of Weir's answers
 * @param methods scores of each method alone
 * @param note what a reader must know about the figures; empty for nothing
 */
record ClassResult(
    List<String> classes,
    long learned,
    ClassScore weir,
    Map<String, ClassScore> methods,
    String note)
    implements Result {

  private static final int SHOWN_CLASSES = 20;

  private record Line(String method, ClassScore score) {}

  private static final Table<ClassScore> SCORES = scores(new Table<>(), score -> score);

  private static final Table<Line> METHODS =
      scores(
          new Table<Line>()
              .column("method", "method", null, Line::method)
              .data("classified", line -> line.score.count()),
          Line::score);

  private static <R> Table<R> scores(Table<R> table, Function<R, ClassScore> of) {
    return table
        .column("accuracy", "accuracy", "%.4f", row -> of.apply(row).accuracy())
        .column("macro F1", "macro_f1", "%.4f", row -> of.apply(row).macroF1())
        .column("log loss", "log_loss", "%.4f", row -> of.apply(row).logLoss())
        .column(
            "calibration error",
            "calibration_error",
            "%.4f",
            row -> of.apply(row).calibrationError());
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>(List.of(new Line("weir", weir)));
    methods.forEach((method, score) -> lines.add(new Line(method, score)));
    return lines;
  }

  private List<Line> ranking() {
    List<Line> lines = lines();
    lines.subList(1, lines.size()).sort(Comparator.comparingDouble(line -> -line.score.accuracy()));
    return lines;
  }

  private String counts() {
    return "%,d classified, %,d learned from, %d classes"
        .formatted(weir.count(), learned, classes.size());
  }

  @Override
  public String table() {
    StringBuilder text = new StringBuilder(counts()).append(System.lineSeparator());
    text.append(METHODS.text(ranking()));
    if (classes.size() <= SHOWN_CLASSES) {
      confusion(text);
    }
    if (!note.isEmpty()) {
      text.append(note).append(System.lineSeparator());
    }
    return text.toString();
  }

  private void confusion(StringBuilder text) {
    long[][] confusion = weir.confusion();
    text.append(String.format("%nwindows by true class (rows) and answer (columns)%n"));
    List<String> names = classes.stream().map(name -> Printable.line(name, 12)).toList();
    int width = String.format("%,d", weir.count()).length() + 1;
    for (String name : names) {
      width = Math.max(width, name.length() + 1);
    }
    text.append(String.format("%-" + width + "s", ""));
    for (String name : names) {
      text.append(String.format("%" + width + "s", name));
    }
    text.append(System.lineSeparator());
    for (int k = 0; k < confusion.length; k++) {
      text.append(String.format("%-" + width + "s", names.get(k)));
      for (long count : confusion[k]) {
        text.append(String.format("%," + width + "d", count));
      }
      text.append(System.lineSeparator());
    }
  }

  @Override
  public String json() {
    ObjectNode node = SCORES.json(Json.object(), weir);
    node.set("classes", Json.tree(classes));
    node.put("learned", learned);
    node.put("classified", weir.count());
    ObjectNode accuracies = node.putObject("methods");
    methods.forEach((name, score) -> accuracies.put(name, score.accuracy()));
    ObjectNode scores = node.putObject("method_scores");
    methods.forEach((name, score) -> SCORES.json(scores.putObject(name), score));
    node.set("confusion", Json.tree(weir.confusion()));
    return node.toString();
  }

  @Override
  public String csv() {
    return METHODS.csv(lines());
  }

  /** One HTML file that needs nothing else. */
  String page() {
    StringBuilder page = Html.page("Weir: evaluation of classes", "");
    Html.dim(page, counts() + ".");
    if (!note.isEmpty()) {
      Html.dim(page, note);
    }
    page.append("<h2>Accuracy of each method</h2>\n<table>\n");
    Html.row(page, "th", METHODS.titles());
    for (Line line : ranking()) {
      page.append(line.score == weir ? "<tr class=\"best\">" : "<tr>");
      METHODS
          .cells(line)
          .forEach(cell -> page.append("<td>").append(Html.escaped(cell)).append("</td>"));
      page.append(
          String.format(
              "<td class=\"bar\"><i style=\"width: %d%%\"></i></td></tr>%n",
              Math.round(100 * line.score.accuracy())));
    }
    page.append("</table>\n<h2>Confusion matrix</h2>\n");
    Html.dim(page, "Rows: the true class. Columns: Weir's answer. The darker, the more of a row.");
    page.append("<div class=\"wide\"><table>\n");
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(classes);
    Html.row(page, "th", head);
    long[][] confusion = weir.confusion();
    for (int k = 0; k < confusion.length; k++) {
      long sum = Arrays.stream(confusion[k]).sum();
      page.append("<tr><th>").append(Html.escaped(classes.get(k))).append("</th>");
      for (long count : confusion[k]) {
        page.append(
            String.format(
                "<td style=\"background: rgb(11 107 203 / %.2f)\">%,d</td>",
                sum == 0 ? 0 : 0.6 * count / sum, count));
      }
      page.append("</tr>\n");
    }
    return page.append("</table></div>\n</body>\n</html>\n").toString();
  }
}
