package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.classify.LabelledWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowFileTest {

  @TempDir private Path dir;

  private Path file(String text) throws IOException {
    return Files.writeString(dir.resolve("states.csv"), text);
  }

  @Test
  void rowsOfAWindowAreItsSteps() throws Exception {
    TsFile.Contents contents =
        WindowFile.read(
            file(
                """
                window,time,x,y,label
                7,0,1,10,run
                7,1,,20,run
                7,2,3,,run
                a,0,5,6,idle
                """),
            null);
    LabelledWindows windows = contents.windows();
    assertThat(windows.channels()).isEqualTo(2);
    assertThat(windows.classes()).containsExactly("idle", "run");
    assertThat(windows.windows()[0]).containsExactly(1, 10, 2, 20, 3, 20);
    assertThat(windows.windows()[1]).containsExactly(5, 6);
    assertThat(windows.labels()).containsExactly(1, 0);
    assertThat(contents.missing()).isEqualTo(2);
    List<String> known = List.of("run", "fault", "idle");
    assertThat(WindowFile.read(dir.resolve("states.csv"), known).windows().labels())
        .containsExactly(0, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2,a;2,3,b;1,4,a|states.csv: window 1: expected rows that follow each other, got more of"
            + " them later",
        "1,2,a;1,3,b|states.csv: window 1: expected one label, got a and b",
        "1,,a;2,3,b|states.csv: window 1: expected at least one value in each column, got none in"
            + " 1",
        "1,x,a;2,3,b|states.csv: expected numbers in the columns other than window and label, got"
            + " texts",
        "1,2|states.csv line 2: expected 3 columns, got 2"
      })
  void whatIsWrongIsNamed(String rows, String message) throws Exception {
    Path file = file("window,x,label\n" + rows.replace(';', '\n') + "\n");
    assertThatThrownBy(() -> WindowFile.read(file, null)).hasMessage(message);
  }

  @Test
  void windowsNeedNamesAndKnownLabels() throws Exception {
    Path file = file("x,label\n1,a\n");
    assertThatThrownBy(() -> WindowFile.read(file, null))
        .hasMessage(
            "states.csv line 1: expected a column window, series or series_id, equal in a window's"
                + " rows, got none");
    Path other = file("series,x,label\n1,2,c\n");
    assertThatThrownBy(() -> WindowFile.read(other, List.of("a", "b")))
        .hasMessage("states.csv: window 1: expected a label of [a, b], got c");
    assertThatThrownBy(() -> WindowFile.read(file("series,x,label\n"), null))
        .hasMessage("states.csv: expected at least one window, got none");
  }
}
