package dev.weir.lab.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsFileTest {

  private static final String HEADER =
      "# a remark\n@problemName waves\n@classLabel true up down\n\n@data\n";

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("waves.ts"), text);
  }

  @Test
  void readsWindowsOfSeveralChannelsAndUnequalLength() throws IOException {
    TsFile.Contents contents =
        TsFile.read(file(HEADER + "1,2,3:10,20,30:down\n4,5:40,50: up\n"), null);
    assertThat(contents.classes()).containsExactly("up", "down");
    assertThat(contents.channels()).isEqualTo(2);
    assertThat(contents.windows().get(0)).containsExactly(1, 10, 2, 20, 3, 30);
    assertThat(contents.windows().get(1)).containsExactly(4, 40, 5, 50);
    assertThat(contents.labels()).containsExactly(1, 0);
    assertThat(contents.missing()).isZero();
  }

  @Test
  void fillsInMissingValuesOnAStraightLine() throws IOException {
    TsFile.Contents contents = TsFile.read(file(HEADER + "NaN,2,?,?,8,?:up\n"), null);
    assertThat(contents.windows().get(0)).containsExactly(2, 2, 4, 6, 8, 8);
    assertThat(contents.missing()).isEqualTo(4);
  }

  @Test
  void labelsOfAnotherFileAreThoseOfTheFirst() throws IOException {
    Path other = file("@classLabel true down up\n@data\n1,2:down\n");
    TsFile.Contents contents = TsFile.read(other, List.of("up", "down"));
    assertThat(contents.labels()).containsExactly(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2:sideways|waves.ts line 6: expected a label of [up, down], got sideways",
        "1,2|waves.ts line 6: expected values, a colon and a label, got 1,2",
        "1,x:up|waves.ts line 6: expected a finite number, NaN or ?, got x",
        "1,12d:up|waves.ts line 6: expected a finite number, NaN or ?, got 12d",
        "1,Infinity:up|waves.ts line 6: expected a finite number, NaN or ?, got Infinity",
        "1,2:3:up|waves.ts line 6: expected 2 values in each channel, got 1 in channel 2",
        "NaN,NaN:up|waves.ts line 6: expected at least one value in each channel, got none in 1"
      })
  void aWrongLineIsNamed(String line, String message) throws IOException {
    Path file = file(HEADER + line + "\n");
    assertThatThrownBy(() -> TsFile.read(file, null))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @Test
  void aFileOfAnotherFormatIsRefused() throws IOException {
    assertThatThrownBy(() -> TsFile.read(file("series,time,value\n"), null))
        .hasMessage(
            "waves.ts line 1: expected a header line that begins with @, or @data before windows,"
                + " got series,time,value");
    assertThatThrownBy(() -> TsFile.read(file("@problemName x\n"), null))
        .hasMessage(
            "waves.ts: expected @data before the windows, got a file without it; is it a .ts"
                + " file?");
    assertThatThrownBy(() -> TsFile.read(file(HEADER), null))
        .hasMessage("waves.ts: expected at least one window, got none");
  }
}
