package dev.weir.lab.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong options and files of {@code weir lab anomalies} get one line each. */
@ResourceLock(Resources.SYSTEM_OUT)
class AnomaliesCommandTest {

  private static final String START = "timestamp,value\n2026-01-01 00:00:00,1\n";

  @TempDir private Path folder;

  @BeforeEach
  void writeASeries() throws IOException {
    Files.createDirectories(folder.resolve("in/pumps"));
    Files.writeString(folder.resolve("in/pumps/a.csv"), START + "2026-01-01 00:05:00,2\n");
  }

  private void labels(String text) throws IOException {
    Files.writeString(folder.resolve("labels.json"), text);
  }

  /** Runs it with the folder and the labels, and further options. */
  private InProcess run(String... options) {
    List<String> words = new ArrayList<>(List.of("anomalies"));
    words.addAll(List.of("--input", folder.resolve("in").toString()));
    words.addAll(List.of("--labels", folder.resolve("labels.json").toString()));
    words.addAll(Arrays.asList(options));
    return InProcess.run(Lab.commandLine(), words.toArray(String[]::new));
  }

  /** Checks that it ended with one line of its own, and perhaps a hint after it. */
  private static void check(InProcess run, int exitCode, String expected) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
    List<String> lines = run.err().lines().filter(line -> !line.startsWith("  ")).toList();
    assertThat(lines).as(run.err()).hasSize(1);
    assertThat(lines.get(0)).contains(expected);
  }

  @Test
  void missingLabelFileIsRefused() {
    check(run(), 2, "--labels: expected a JSON file, got ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | labels.json: expected an object with a list for each file, got none",
        "{\"a.csv\": [ | labels.json line ",
        "{\"a.csv\": [], \"a.csv\": []} | expected JSON with each name once",
        "{\"pumps/a.csv\": 7} | 'pumps/a.csv': expected a list of windows, got 7",
        "{\"pumps/a.csv\": [[\"2026-01-01\"]]} | expected two times for each window, got"
            + " [\"2026-01-01\"]",
        "{\"pumps/a.csv\": [[\"2026-01-01\", \"noon\"]]} | 'pumps/a.csv': expected a time such as",
        "{\"pumps/a.csv\": [[\"2026-01-02\", \"2026-01-01\"]]} | expected windows in order of time",
        "{\"pumps/a.csv\": [[\"2026-01-01\", \"2026-01-01\"], [\"2026-01-01\", \"2026-01-02\"]]} |"
            + " that share no value",
      })
  void labelsThatCannotBeReadAreRefused(String text, String message) throws IOException {
    labels(text);
    check(run(), 1, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | --labels: expected an entry for pumps/a.csv, an empty list if it has no anomaly, got"
            + " none in ",
        "{\"pumps/b.csv\": []} | , but 'pumps/b.csv'",
        "{\"pumps/a.csv\": [[\"2025-01-01\", \"2025-01-02\"]]} | expected values of pumps/a.csv in"
            + " each window, got none in window 1",
      })
  void labelsOfOtherFilesAreRefused(String text, String message) throws IOException {
    labels(text);
    check(run(), 2, message);
  }

  @ParameterizedTest
  @CsvSource({
    "--budget, 0, '--budget: expected a number from 0.01 to 50.0, or such as 1 per week, '",
    "--budget, 1 per year, 'or a number of values, got ''1 per year'''",
    "--budget, NaN, 'got ''NaN'''",
    "--reasons, level;noise, '--reasons: expected novelty, level, drift, error or break, got"
        + " ''noise'''",
  })
  void wrongOptionsAreRefused(String option, String value, String message) throws IOException {
    labels("{\"pumps/a.csv\": []}");
    check(run(option, value.replace(';', ',')), 2, message);
  }

  @Test
  void valuesThatAreNoNumbersAreRefusedWithTheirLine() throws IOException {
    labels("{\"pumps/a.csv\": []}");
    Files.writeString(folder.resolve("in/pumps/a.csv"), START + "2026-01-01 00:05:00,high\n");
    check(run(), 1, "a.csv line 3: value: expected a finite number, got 'high'");
    Files.writeString(
        folder.resolve("in/pumps/a.csv"), START + "yesterday,1\n2026-01-01 00:10:00,2\n");
    check(run(), 1, "a.csv line 3: timestamp: expected a time such as");
  }

  @Test
  void filesWithoutValuesOrWithSeveralSeriesAreRefused() throws IOException {
    labels("{\"pumps/a.csv\": []}");
    Files.writeString(folder.resolve("in/pumps/a.csv"), "timestamp,value\n");
    check(run(), 2, "--input: expected values in pumps/a.csv, got none");
    Files.writeString(
        folder.resolve("in/pumps/a.csv"),
        "series_id,timestamp,value\nx,2026-01-01,1\ny,2026-01-01,1\n");
    check(run(), 2, "expected one series in each file, got x and y in");
    Files.delete(folder.resolve("in/pumps/a.csv"));
    check(run(), 1, "--input: expected CSV files with series, got none in");
  }
}
