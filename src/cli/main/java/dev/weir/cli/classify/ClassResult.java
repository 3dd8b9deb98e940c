package dev.weir.cli.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.classify.ClassScore;
import dev.weir.cli.console.Html;
import dev.weir.cli.console.Printable;
import dev.weir.kafka.wire.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an evaluation of classifications has found, and its ways to be written.
 *
 * @param classes names, in the order of the scores
 * @param learned how many windows or rows were learned from
 * @param weir scores of Weir's answers
 * @param methods scores of each method alone
 * @param note what a reader must know about the figures; empty for nothing
 */
public record ClassResult(
    List<String> classes,
    long learned,
    ClassScore weir,
    Map<String, ClassScore> methods,
    String note) {

  private static final int SHOWN_CLASSES = 20;

  private List<Map.Entry<String, ClassScore>> ranking() {
    Comparator<Map.Entry<String, ClassScore>> byAccuracy =
        Comparator.comparingDouble(entry -> -entry.getValue().accuracy());
    return methods.entrySet().stream().sorted(byAccuracy).toList();
  }

  /** For people. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%,d classified, %,d learned from, %d classes%n",
            weir.count(), learned, classes.size()));
    text.append(
        line(
            "%-16s %9s %9s %9s %12s%n",
            "method", "accuracy", "macro F1", "log loss", "calibration"));
    text.append(row("weir", weir));
    ranking().forEach(entry -> text.append(row(entry.getKey(), entry.getValue())));
    if (classes.size() <= SHOWN_CLASSES) {
      confusion(text);
    }
    if (!note.isEmpty()) {
      text.append(note).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String row(String name, ClassScore score) {
    return line(
        "%-16s %9.4f %9.4f %9.4f %12.4f%n",
        name, score.accuracy(), score.macroF1(), score.logLoss(), score.calibrationError());
  }

  private void confusion(StringBuilder text) {
    long[][] confusion = weir.confusion();
    text.append(line("%nwindows by true class (rows) and answer (columns)%n"));
    List<String> names = classes.stream().map(name -> Printable.line(name, 12)).toList();
    int width = line("%,d", weir.count()).length() + 1;
    for (String name : names) {
      width = Math.max(width, name.length() + 1);
    }
    text.append(line("%-" + width + "s", ""));
    for (String name : names) {
      text.append(line("%" + width + "s", name));
    }
    text.append(System.lineSeparator());
    for (int k = 0; k < confusion.length; k++) {
      text.append(line("%-" + width + "s", names.get(k)));
      for (long count : confusion[k]) {
        text.append(line("%," + width + "d", count));
      }
      text.append(System.lineSeparator());
    }
  }

  private static String line(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }

  /** One object. */
  public String json() {
    ObjectNode node = Json.object();
    put(node, weir);
    ArrayNode names = node.putArray("classes");
    classes.forEach(names::add);
    node.put("learned", learned);
    node.put("classified", weir.count());
    ObjectNode accuracies = node.putObject("methods");
    methods.forEach((name, score) -> accuracies.put(name, score.accuracy()));
    ObjectNode scores = node.putObject("method_scores");
    methods.forEach((name, score) -> put(scores.putObject(name), score));
    ArrayNode rows = node.putArray("confusion");
    for (long[] row : weir.confusion()) {
      ArrayNode cells = rows.addArray();
      for (long count : row) {
        cells.add(count);
      }
    }
    return node.toString();
  }

  private static void put(ObjectNode node, ClassScore score) {
    node.put("accuracy", score.accuracy());
    node.put("macro_f1", score.macroF1());
    node.put("log_loss", score.logLoss());
    node.put("calibration_error", score.calibrationError());
  }

  /** One row for each method. */
  public String csv() {
    StringBuilder text =
        new StringBuilder("method,classified,accuracy,macro_f1,log_loss,calibration_error\n");
    text.append(csvRow("weir", weir));
    methods.forEach((name, score) -> text.append(csvRow(name, score)));
    return text.toString();
  }

  private static String csvRow(String name, ClassScore score) {
    return line(
        "%s,%d,%s,%s,%s,%s\n",
        name,
        score.count(),
        score.accuracy(),
        score.macroF1(),
        score.logLoss(),
        score.calibrationError());
  }

  /** One HTML file that needs nothing else. */
  public String page() {
    StringBuilder page = Html.page("Weir: evaluation of classes", "");
    Html.dim(
        page,
        line(
            "%,d classified, %,d learned from, %d classes.",
            weir.count(), learned, classes.size()));
    if (!note.isEmpty()) {
      Html.dim(page, note);
    }
    page.append("<h2>Accuracy of each method</h2>\n<table>\n");
    Html.row(
        page, "th", List.of("method", "accuracy", "macro F1", "log loss", "calibration error"));
    page.append("<tr class=\"best\">");
    bar(page, "weir", weir);
    for (Map.Entry<String, ClassScore> method : ranking()) {
      page.append("<tr>");
      bar(page, method.getKey(), method.getValue());
    }
    page.append("</table>\n<h2>Confusion matrix</h2>\n");
    Html.dim(page, "Rows: the true class. Columns: Weir's answer. The darker, the more of a row.");
    page.append("<div class=\"wide\"><table>\n");
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(classes);
    Html.row(page, "th", head);
    long[][] confusion = weir.confusion();
    for (int k = 0; k < confusion.length; k++) {
      long sum = 0;
      for (long count : confusion[k]) {
        sum += count;
      }
      page.append("<tr><th>").append(Html.escaped(classes.get(k))).append("</th>");
      for (long count : confusion[k]) {
        page.append(
            line(
                "<td style=\"background: rgb(11 107 203 / %.2f)\">%,d</td>",
                sum == 0 ? 0 : 0.6 * count / sum, count));
      }
      page.append("</tr>\n");
    }
    return page.append("</table></div>\n</body>\n</html>\n").toString();
  }

  private static void bar(StringBuilder page, String name, ClassScore score) {
    page.append("<td>").append(Html.escaped(name)).append("</td>");
    for (double figure :
        new double[] {
          score.accuracy(), score.macroF1(), score.logLoss(), score.calibrationError()
        }) {
      page.append(line("<td>%.4f</td>", figure));
    }
    page.append(
        line(
            "<td class=\"bar\"><i style=\"width: %d%%\"></i></td></tr>%n",
            Math.round(100 * score.accuracy())));
  }
}
