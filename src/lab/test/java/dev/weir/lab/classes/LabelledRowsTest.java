package dev.weir.lab.classes;

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
  void readsNumbersTextsLabelsAndSeries() throws IOException {
    Path file =
        file("date,a,series_id,b,kind,state\n1,2.5,pump,,x,on\n2,3,fan,-4,y,off\n3,1,fan,1,x,on\n");
    LabelledRows.Contents contents = LabelledRows.contents(file, null); // the last column
    assertThat(contents.labels()).isEqualTo(Map.of("on", 2L, "off", 1L));
    assertThat(contents.rows()).isEqualTo(3);
    assertThat(contents.width()).isEqualTo(4);
    try (LabelledRows rows = LabelledRows.open(file, contents)) {
      LabelledRows.Row row = rows.next();
      assertThat(row.values()).containsExactly(2.5f, Float.NaN, 1, 0);
      assertThat(row.series()).isEqualTo("pump");
      assertThat(row.label()).isEqualTo("on");
      assertThat(rows.next().values()).containsExactly(3, -4, 0, 1);
    }
  }

  @Test
  void decimalCommasAreNumbersAndNumbersOfJavaAreTexts() throws IOException {
    Path file = file("a;b;label\n1.234;12d;on\n0,5;0x1p3;off\n");
    LabelledRows.Contents contents = LabelledRows.contents(file, null);
    assertThat(contents.width()).isEqualTo(3);
    try (LabelledRows rows = LabelledRows.open(file, contents)) {
      assertThat(rows.next().values()).containsExactly(1234, 0, 1); // sorted: 0x1p3, 12d
      assertThat(rows.next().values()).containsExactly(0.5f, 1, 0);
    }
    Path large = file("a,label\n1e39,on\n");
    try (LabelledRows rows = LabelledRows.open(large, LabelledRows.contents(large, null))) {
      assertThatThrownBy(rows::next).hasMessageStartingWith("rows.csv line 2: a: expected at most");
    }
  }

  @Test
  void theColumnOfTheLabelsIsNamedOrGiven() throws IOException {
    Path file = file("Class,state,a\nx,1,2\ny,3,4\n");
    assertThat(LabelledRows.contents(file, null).labels()).containsOnlyKeys("x", "y");
    assertThat(LabelledRows.contents(file, "state").labels()).containsOnlyKeys("1", "3");
    Path two = file("series,window,label\npump,7,x\n"); // the first tells series apart
    try (LabelledRows rows = LabelledRows.open(two, LabelledRows.contents(two, null))) {
      assertThat(rows.next()).extracting(LabelledRows.Row::series).isEqualTo("pump");
    }
  }

  @Test
  void manyTextsAreRefused() throws IOException {
    StringBuilder text = new StringBuilder("name,label\n");
    for (int i = 0; i < 70; i++) {
      text.append('n').append(i).append(",on\n");
    }
    Path file = file(text.toString());
    assertThatThrownBy(() -> LabelledRows.contents(file, null))
        .hasMessage(
            "rows.csv line 66: expected numbers or at most 64 different texts in column name, got"
                + " more, such as n64");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a;1|rows.csv line 1: expected a header with a label and values, got a",
        "label,time;x,1|rows.csv line 1: expected a column with values as well as the label, got"
            + " label,time",
        "a,label;1|rows.csv line 2: expected 2 columns, got 1",
        "a,label;1,|rows.csv line 2: expected a label, got an empty field"
      })
  void aWrongLineIsNamed(String text, String message) throws IOException {
    Path file = file(text.replace(';', '\n') + "\n");
    assertThatThrownBy(() -> LabelledRows.contents(file, null)).hasMessage(message);
    assertThatThrownBy(() -> LabelledRows.contents(file("a,b\n1,2\n"), "c"))
        .hasMessage("rows.csv line 1: expected a column c, got a,b");
  }
}
