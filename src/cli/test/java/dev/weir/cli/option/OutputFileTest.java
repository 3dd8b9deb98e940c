package dev.weir.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {

  private static final String TEXT = "timestamp,value\n2026-01-01,1.5\n2026-01-02,2.5\n";
  private static final String TRAIN =
      "train --epochs 1 --hidden-size 4 --input src/cli/main/resources/sample/vega_seattle_tmax.csv"
          + " --out ";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    file = Files.writeString(folder.resolve("x.csv"), TEXT);
    Files.createSymbolicLink(folder.resolve("link.csv"), file);
  }

  private InProcess run(String line) {
    return InProcess.run(line.replace("@", folder + "/").split(" +"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forecast --input @x.csv --out @x.csv",
        "forecast --input @ --out @x.csv",
        "forecast --input @x.csv --out @./x.csv",
        "forecast --input @x.csv --out @link.csv",
        "evaluate --input @x.csv --out @x.csv",
        "evaluate --input @x.csv --report @x.csv",
        "evaluate --input @x.csv --season @x.csv --report @link.csv",
        "train --input @x.csv --out @x.csv",
        TRAIN + "@link.csv",
        "init --input @x.csv --out @x.csv",
      })
  void fileThatExistsIsNotReplaced(String line) throws IOException {
    InProcess weir = run(line);
    assertThat(weir.err().lines().findFirst().orElseThrow())
        .startsWith("weir " + line.substring(0, line.indexOf(' ')))
        .contains(": expected a file that is not there yet, or --force, got " + folder);
    assertThat(weir.exitCode()).isEqualTo(2);
    assertThat(file).hasContent(TEXT);
  }

  @Test
  void folderThatIsMissingIsNamedBeforeTheWork() {
    assertThat(run("forecast --input @x.csv --out @no/y").err())
        .startsWith("weir forecast: --out: expected a file in a folder that exists, got " + folder);
  }

  @Test
  void twoOptionsDoNotWriteTheSameFile() {
    InProcess weir = run("evaluate --input @x.csv --out @y --report @./y --force");
    assertThat(weir.err()).contains("weir evaluate: --report: expected another file for each");
    assertThat(weir.exitCode()).isEqualTo(2);
    assertThat(folder.resolve("y")).doesNotExist();
  }

  @Test
  void forceReplacesTheFileThatALinkNames() throws IOException {
    run(TRAIN + "@link.csv --name m --force").succeeded();
    assertThat(folder.resolve("link.csv")).isSymbolicLink();
    assertThat(Files.size(file)).isGreaterThan(1_000);
    assertThat(folder.toFile().list()).hasSize(2); // no partial file is left
  }

  @Test
  void deviceStaysADevice() {
    run(TRAIN + "/dev/null --name m").succeeded();
    assertThat(Path.of("/dev/null")).matches(path -> !Files.isRegularFile(path));
  }

  @Test
  void standardOutputIsNotOpenedByItsName() {
    InProcess weir = run(TRAIN + "/dev/stdout --name m").succeeded();
    assertThat(weir.out()).contains("weir.horizon").contains("held-out error");
  }

  @Test
  void fileThatAppearsDuringTheWorkIsNotReplaced() {
    assertThatThrownBy(() -> new OutputFile(file).write("y"))
        .hasMessage(
            file + ": expected a file that is not there yet, got one created since the start");
    assertThat(file).hasContent(TEXT);
  }
}
