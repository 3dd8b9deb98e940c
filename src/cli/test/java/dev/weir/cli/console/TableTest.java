package dev.weir.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.wire.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

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
