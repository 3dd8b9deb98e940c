package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledRowsTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  @Test
  void readsNumbersLabelsAndSeries() throws IOException {
    Path file = file("date,a,series_id,b,state\n1,2.5,pump,,on\n2,3,fan,-4,off\n3,1,fan,1,on\n");
    assertThat(LabelledRows.labels(file, "state")).isEqualTo(Map.of("on", 2L, "off", 1L));
    try (LabelledRows rows = LabelledRows.open(file, "state")) {
      assertThat(rows.width()).isEqualTo(2);
      LabelledRows.Row row = rows.next();
      assertThat(row.values()).containsExactly(2.5f, Float.NaN);
      assertThat(row.series()).isEqualTo("pump");
      assertThat(row.label()).isEqualTo("on");
      assertThat(rows.next().values()).containsExactly(3, -4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b;1,2|rows.csv line 1: expected a column label, class or target, got a,b; --label names it",
        "label,time;x,1|rows.csv line 1: expected a column with numbers beside the label, got label,time",
        "a,label;x,on|rows.csv line 2: expected a finite number in column a, got x",
        "a,label;NaN,on|rows.csv line 2: expected a finite number in column a, got NaN",
        "a,label;1|rows.csv line 2: expected 2 fields, as in the header, got 1",
        "a,label;1,|rows.csv line 2: expected a label, got an empty field"
      })
  void aWrongLineIsNamed(String text, String message) throws IOException {
    Path file = file(text.replace(';', '\n') + "\n");
    assertThatThrownBy(() -> LabelledRows.labels(file, null)).hasMessage(message);
  }
}
