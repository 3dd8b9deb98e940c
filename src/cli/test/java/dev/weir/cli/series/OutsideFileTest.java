package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.cli.series.OutsideFile.Said;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutsideFileTest {

  private static OutsideFile read(String text) throws IOException {
    return OutsideFile.read(new StringReader(text), "x.csv", 100);
  }

  @Test
  void columnsAreForecastsOfOneModelEach() throws IOException {
    OutsideFile file =
        read(
            "lear,series_id,made,timestamp,dnn\n"
                + "5,a,2026-01-01,2026-01-03,\n"
                + "4,a,2026-01-01,2026-01-02,\n"
                + ",b,2026-01-01 12:00,2026-01-02,3\n"
                + "nan,b,2026-01-01,2026-01-02,\n");
    assertThat(file.isNamed()).isTrue();
    assertThat(file.series()).containsExactly("a", "b");
    assertThat(file.models()).containsExactly("lear", "dnn");
    assertThat(file.of("a", "lear"))
        .extracting(Said::value, said -> Instant.ofEpochMilli(said.time()).toString())
        .containsExactly(tuple(4.0, "2026-01-02T00:00:00Z"), tuple(5.0, "2026-01-03T00:00:00Z"));
    assertThat(file.of("b", "dnn")) // an empty value says nothing
        .extracting(said -> Instant.ofEpochMilli(said.made()).toString())
        .containsExactly("2026-01-01T12:00:00Z");
    assertThat(file.of("b", "lear")).isEmpty();
    assertThat(file.of("c", "lear")).isEmpty();
  }

  @Test
  void columnsAreModelsOfTheOnlySeries() throws IOException {
    OutsideFile file =
        read(
            "timestamp;made;LEAR 56;dnn\n"
                + "31.1.2026 12:00;31.1.2026 10:00;1,5;\n"
                + "1.2.2026;31.1.2026;2;3\n");
    assertThat(file.isNamed()).isFalse();
    assertThat(file.models()).containsExactly("LEAR 56", "dnn");
    assertThat(file.of("any", "LEAR 56"))
        .extracting(Said::value, said -> Instant.ofEpochMilli(said.made()).toString())
        .containsExactly(tuple(2.0, "2026-01-31T00:00:00Z"), tuple(1.5, "2026-01-31T10:00:00Z"));
    assertThat(file.of("any", "dnn")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timestamp,lear~2026-01-01,1 | x.csv line 1: expected columns timestamp,made,series_id"
            + " (unless there is one series), and one for each model, got timestamp,lear",
        "timestamp,made~ | x.csv line 1: expected columns timestamp,made,",
        "timestamp,made,a,a~ | x.csv line 1: expected columns timestamp,made,",
        "timestamp,made,a~2026-01-01,2026-01-01,1~2026-01-01,2026-01-02,1 | x.csv: expected"
            + " forecasts made before their timestamp, got none",
        "timestamp,made,a~2026-01-01,soon,1 | x.csv line 2: made: expected a time such as",
        "timestamp,made,a~2026-01-01,,1 | x.csv line 2: made: expected a time such as",
        "timestamp,made,a~2026-01-01,2026-01-01,1~2026-01-01,2026-01-01 | x.csv line 3: expected 3"
            + " columns, got 2",
        "timestamp,made,a~2026-01-01,2026-01-01,Infinity | x.csv line 2: a: expected a finite"
            + " number, got 'Infinity'",
        "timestamp,made,~2026-01-01,2026-01-01,3 | x.csv line 2: model: expected a name of 1 to 64"
            + " printable characters, got ''",
        "timestamp,made,series_id,a~2026-01-01,2026-01-01,,3 | x.csv line 2: series_id: expected 1"
            + " to 1000 characters, got 0",
      })
  void wrongFileIsOneLineWithItsPlace(String text, String problem) {
    assertThatThrownBy(() -> read(text.replace("~", "\n")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void numbersOfAFileAreLimited() {
    String text = "timestamp,made,a\n" + "2026-01-01,2026-01-01,1\n".repeat(40);
    assertThatThrownBy(() -> read(text))
        .hasMessage("x.csv line 35: expected at most 100 numbers in the file, got more");
  }
}
