package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class SignatureTest {

  private static final Path PAGE = Path.of("docs", "sql.md");

  /** The page with another table of arguments in the section of a function. */
  private static String with(String page, Signature signature, Signature known) {
    int section = page.indexOf("\n## " + signature.function() + "\n");
    int table = page.indexOf("| argument | values", section);
    int end = page.indexOf("\n\n", table);
    if (page.startsWith("As for `", end + 2)) {
      end = page.indexOf("\n\n", end + 2);
    }
    return page.substring(0, table) + signature.reference(known) + page.substring(end + 1);
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
