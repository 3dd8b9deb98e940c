package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.job.options.JobOptions;
import dev.weir.job.options.OptionReference;
import dev.weir.option.Option;
import dev.weir.sql.Signature.Argument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class SignatureTest {

  private static final Path PAGE = Path.of("docs", "sql.md");

  /** The page with another reference of the arguments in the section of a function. */
  private static String with(String page, Signature signature, Signature known) {
    int section = page.indexOf("\n## " + signature.function() + "\n");
    int start = page.indexOf("\n| argument |", section) + 1;
    int end = start;
    for (String line : page.substring(start).split("(?<=\n)")) {
      if (!line.startsWith("|") && !line.startsWith("As for `") && !line.isBlank()) {
        break;
      }
      end += line.length();
    }
    return page.substring(0, start) + reference(signature, known) + "\n" + page.substring(end);
  }

  /**
   * Tables of the arguments in Markdown: those that only SQL has, then those that are options of
   * the job file.
   *
   * @param known whose arguments are described already; null for none
   */
  private static String reference(Signature signature, Signature known) {
    StringBuilder own = new StringBuilder("| argument | values | default | |\n|---|---|---|---|\n");
    StringBuilder options = new StringBuilder("| argument | option of the job file |\n|---|---|\n");
    List<String> shared = new ArrayList<>();
    int ownRows = 0;
    for (Argument argument : signature.named()) {
      if (known != null && known.named().contains(argument)) {
        shared.add(argument.label());
        continue;
      }
      String option = optionOfJob(argument.option());
      if (option == null) {
        own.append(row(signature, argument));
        ownRows++;
      } else {
        options.append("| `%s` | `%s` |\n".formatted(argument.label(), option));
      }
    }
    String text = ownRows == 0 ? options.toString() : own + "\n" + options;
    if (known == null) {
      return text;
    }
    List<String> missing =
        known.named().stream()
            .filter(argument -> !signature.named().contains(argument))
            .map(Argument::label)
            .toList();
    boolean isMost = missing.size() < shared.size();
    return text
        + "\nAs for `%s`%s `".formatted(known.function(), isMost ? ", but for" : ":")
        + String.join("`, `", isMost ? missing : shared)
        + "`.\n";
  }

  /** The key of the option in the job file that an argument is; null if only SQL has it. */
  private static String optionOfJob(Option<?> option) {
    return JobOptions.all().stream()
        .filter(
            other ->
                other.name().equals(option.name())
                    && other.expected().equals(option.expected())
                    && other.description().equals(option.description())
                    && Objects.equals(other.defaultText(), option.defaultText()))
        .map(Option::key)
        .findFirst()
        .orElse(null);
  }

  private static String row(Signature signature, Argument argument) {
    Option<?> option = argument.option();
    Option.Need need = option.need();
    String needed =
        need == null ? "" : " Needs `" + need.text(signature.label(need.option())) + "`.";
    String text = option.defaultText();
    boolean isQuoted = text != null && Signature.type(option).equals(DataTypes.STRING());
    String otherwise =
        text == null || text.equals("[]")
            ? ""
            : isQuoted ? "`'" + text + "'`" : "`" + text.toUpperCase(Locale.ROOT) + "`";
    return List.of(
            "`" + argument.label() + "`",
            OptionReference.values(option),
            otherwise,
            option.description() + needed)
        .stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"))
        .replaceAll(" {2}(?=\\|)", " ");
  }

  @Test
  void thePageHasTheTablesOfTheDeclarations() throws IOException {
    String page = Files.readString(PAGE);
    String written = with(page, Signature.FORECAST, null);
    written = with(written, Signature.ANOMALIES, Signature.FORECAST);
    written = with(written, Signature.CLASSIFY, Signature.FORECAST);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, written);
      page = written;
    }
    assertThat(page).as("-Ddocs.write=true writes it again").isEqualTo(written);
  }

  @Test
  void eachColumnIsDescribed() throws IOException {
    Map<String, OutputColumns<?>> columns =
        Map.of(
            "FORECAST", ForecastTableFunction.columns(true),
            "ANOMALIES", AnomaliesTableFunction.COLUMNS,
            "CLASSIFY", ClassifyTableFunction.COLUMNS);
    String page = Files.readString(PAGE);
    columns.forEach(
        (function, of) ->
            assertThat(page.replaceFirst("(?s).*\n## %s\n(.*?)\n## .*".formatted(function), "$1"))
                .as("docs/sql.md, " + function)
                .contains(
                    DataType.getFieldNames(of.type(DataTypes.TIMESTAMP(3))).stream()
                        .map("`%s`"::formatted)
                        .toList()));
  }

  @Test
  void anomaliesTakesItsArgumentsInTheOrderOfPlansBefore() {
    assertThat(Signature.ANOMALIES.names())
        .isEqualTo(
            "value_column, feature_columns, ahead_columns, learn_covariates, budget, reasons,"
                + " horizon, seq_len, in_order, sampling_interval, gap, max_fill, ttl, size,"
                + " experts, season, level, weights_path, model_name, scaling, readout, cell,"
                + " calendar, refused_rows, second_season, bounds_min, bounds_max, bounds_integer,"
                + " holidays, time_zone, outside");
  }
}
