package dev.weir.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed: lines of progress, and tables. */
class ConsoleTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void onATerminalOneLineChangesAndIsGoneInTheEnd() {
    ProgressLine progress = new ProgressLine(err, true, 0);
    progress.step(0.25, "%d of %d", 1, 4);
    progress.step(0.5, "%d of %d", 2, 4);
    progress.line("epoch %d", 1);
    progress.clear();
    String clear = "\r\033[K";
    assertThat(written())
        .isEqualTo(
            clear
                + "[######------------------] 1 of 4"
                + clear
                + "[############------------] 2 of 4"
                + clear
                + "epoch 1\n");
  }

  @Test
  void elsewhereALineIsALineAndNothingElse() {
    ProgressLine progress = new ProgressLine(err, false, 0);
    progress.step(0.25, "%d of %d", 1, 4);
    progress.line("epoch %d", 1);
    progress.clear();
    assertThat(written()).isEqualTo("1 of 4\nepoch 1\n");
  }

  @Test
  void whatComesTooSoonIsNotShown() {
    ProgressLine progress = new ProgressLine(err, false, 3_600_000_000_000L);
    for (int i = 0; i < 1_000; i++) {
      progress.show(i / 1_000.0, "%d", i);
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void logGetsALineForEachTenthOfTheWork() {
    ProgressLine progress = new ProgressLine(err, false, 0);
    for (int i = 0; i <= 1_000; i++) {
      progress.show(i / 1_000.0, " of %d", 7);
    }
    assertThat(written().lines())
        .hasSize(10)
        .startsWith(" 10 % of 7", " 20 % of 7")
        .endsWith("100 % of 7");
  }

  @Test
  void timeLeftIsNotEstimatedFromAMoment() {
    ProgressLine progress = new ProgressLine(err, false, 0);
    for (int i = 0; i <= 10; i++) {
      progress.estimate(i / 10.0);
    }
    assertThat(written().lines()).startsWith(" 10 %", " 20 %").endsWith("100 %").hasSize(10);
  }

  @Test
  void shareOutOfRangeMakesNoBarBeyondItsEnds() {
    assertThat(ProgressLine.bar(-1)).isEqualTo(ProgressLine.bar(0)).contains("-".repeat(24));
    assertThat(ProgressLine.bar(7)).isEqualTo(ProgressLine.bar(1)).contains("#".repeat(24));
    assertThat(ProgressLine.bar(Double.NaN)).hasSize(26);
  }

  private record Row(String name, Double error, Integer count) {}

  private static final Table<Row> TABLE =
      new Table<Row>()
          .column("series", "series", null, Row::name)
          .column("MAE", "mae", "%.1f", Row::error)
          .text("twice", "%.2f", row -> row.error == null ? null : 2 * row.error)
          .data("count", Row::count);

  private static final List<Row> ROWS =
      List.of(new Row("a,\"b\"", 1.25, 3), new Row("c", Double.NaN, null), new Row("d", null, 1));

  @Test
  void numbersAreFlushRightInText() {
    assertThat(TABLE.text(ROWS))
        .isEqualTo(
            """
            series  MAE  twice
            a,"b"   1.3   2.50
            c         -      -
            d         -      -
            """);
  }

  @Test
  void csvIsQuotedAndUnknownNumbersAreEmpty() {
    assertThat(TABLE.csv(ROWS)).isEqualTo("series,mae,count\n\"a,\"\"b\"\"\",1.25,3\nc,,\nd,,1\n");
  }

  @Test
  void absentValuesAreNotInJsonAndUnknownNumbersAreNull() {
    assertThat(TABLE.json(Json.object(), ROWS.get(0)).toString())
        .isEqualTo("{\"series\":\"a,\\\"b\\\"\",\"mae\":1.25,\"count\":3}");
    assertThat(TABLE.json(Json.object(), ROWS.get(1)).toString())
        .isEqualTo("{\"series\":\"c\",\"mae\":null}");
    assertThat(TABLE.json(Json.object(), ROWS.get(2)).toString())
        .isEqualTo("{\"series\":\"d\",\"count\":1}");
  }
}
