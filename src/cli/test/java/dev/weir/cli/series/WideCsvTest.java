package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideCsvTest {

  private static final String M4 =
      """
      "V1","V2","V3","V4"
      "H1","605","586.5",
      "a, b",-2e3,7,8
      """;

  @TempDir private Path dir;

  private static Map<String, List<Observation>> read(String text) throws IOException {
    Map<String, List<Observation>> series = new LinkedHashMap<>();
    WideCsv.read(new StringReader(text), "m4.csv", null, series);
    return series;
  }

  @Test
  void aRowIsASeriesAndEmptyFieldsAtItsEndDoNotCount() throws IOException {
    Map<String, List<Observation>> series = read(M4);
    assertThat(series.keySet()).containsExactly("H1", "a, b");
    assertThat(series.get("H1"))
        .containsExactly(new Observation("H1", 0, 605), new Observation("H1", 1, 586.5));
    assertThat(series.get("a, b"))
        .extracting(Observation::value)
        .containsExactly(-2000.0, 7.0, 8.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | m4.csv line 1: expected a header, got nothing",
        "'id,V1\na,1\nb,,2'   | m4.csv line 3: value 1: expected a finite number, got ''",
        "'id,V1\na,NaN'       | m4.csv line 2: value 1: expected a finite number, got 'NaN'",
        "'id,V1\na,1\na,2'    | m4.csv line 3: expected each series once, got another a",
        "'id,V1\na,,'         | m4.csv line 2: expected values of a, got none",
        "'id,V1\n"
            + ",1'          | m4.csv line 2: the first column: expected 1 to 1000 characters, got 0"
      })
  void aWrongRowIsNamed(String text, String message) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class).hasMessage(message);
  }

  @Test
  void filesMayBeCompressedAndHoldEachSeriesOnce() throws IOException {
    Path file = dir.resolve("m4.csv.gz");
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(M4.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(wide(dir).keySet()).containsExactly("H1", "a, b");
    Files.writeString(dir.resolve("more.csv"), "id,V1\nH1,3\n");
    assertThatThrownBy(() -> wide(dir))
        .isInstanceOf(IOException.class)
        .hasMessage("more.csv line 2: expected each series once, got another H1");
  }

  @Test
  void aFileThatIsNotCompressedAsItsNameSaysIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("plain.csv.gz"), M4);
    assertThatThrownBy(() -> wide(file))
        .isInstanceOf(IOException.class)
        .hasMessage("plain.csv.gz: expected a file compressed by gzip, got another");
  }

  private static Map<String, List<Observation>> wide(Path input) throws IOException {
    return SeriesFiles.wide(List.of(input), List.of(), SeriesColumns.DEFAULT);
  }
}
