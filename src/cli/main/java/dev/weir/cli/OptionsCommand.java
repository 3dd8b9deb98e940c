package dev.weir.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.UsageException;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.OptionReference;
import dev.weir.kafka.wire.Json;
import dev.weir.option.ValueWords;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir options}: what a job file may say. */
@Command(
    name = "options",
    description = "Lists the options of a job file.",
    footer = {
      "",
      "Examples: weir options window",
      "          weir options --format json",
      "          weir options --format markdown > docs/job-file.md"
    })
final class OptionsCommand implements Callable<Integer> {

  enum Style {
    table,
    markdown,
    json
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "WORD",
      description = "Only options whose key has this in it; not with markdown.")
  private String word;

  @Option(names = "--format", defaultValue = "table")
  private Style style;

  @Override
  public Integer call() throws IOException {
    if (style == Style.markdown) {
      UsageException.check(word == null, "WORD", "none with --format markdown", word);
      System.out.print(OptionReference.markdown());
      return 0;
    }
    List<dev.weir.option.Option<?>> rows =
        JobOptions.all().stream().filter(row -> word == null || row.key().contains(word)).toList();
    if (rows.isEmpty()) {
      throw new CommandFailure(
          "expected part of a key, got '%s', which is in none; weir options lists them all", word);
    }
    if (style == Style.json) {
      System.out.println(json(rows));
    } else {
      rows.forEach(OptionsCommand::print);
    }
    return 0;
  }

  private static String json(List<dev.weir.option.Option<?>> rows) {
    ArrayNode all = Json.array();
    for (dev.weir.option.Option<?> row : rows) {
      ObjectNode node = all.addObject();
      node.put("key", row.key());
      node.put("type", row.type().name().toLowerCase(Locale.ROOT));
      node.put("expected", ValueWords.expected(row));
      node.put("default", row.defaultText());
      node.put("required", OptionReference.isRequired(row));
      node.put("unit", row.unit().isEmpty() ? null : row.unit());
      node.put("description", row.description());
      String needed = OptionReference.needed(row);
      node.put("needs", needed.isEmpty() ? null : needed);
      node.put("over_savepoint", row.change().isEmpty() ? null : row.change());
    }
    return all.toString();
  }

  private static void print(dev.weir.option.Option<?> row) {
    String otherwise =
        OptionReference.isRequired(row)
            ? ", required"
            : row.defaultText() == null ? "" : ", default " + row.defaultText();
    String unit = row.unit().isEmpty() ? "" : " (" + row.unit() + ")";
    System.out.printf(
        "%s: %s%s%s%n    %s%n",
        row.key(), ValueWords.expected(row), unit, otherwise, row.description());
  }
}
