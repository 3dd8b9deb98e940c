package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/suite/fetch}, with a curl that reads files of a folder. */
class SuiteFetchTest {

  private static final String HOURS = "time,t1,t2,t3,t4,t5,t6,t7\n";

  @TempDir private Path dir;
  private Path data;

  /** The script with a list of its own. */
  @BeforeEach
  void writeScript() throws IOException {
    data = dir.resolve("data");
    Files.copy(Path.of("conf/suite/fetch"), dir.resolve("fetch"));
    Path curl = Files.createDirectory(dir.resolve("bin")).resolve("curl");
    Files.writeString(
        curl, "#!/bin/sh\nfor url; do :; done\ncat \"%s/${url##*/}\"\n".formatted(dir));
    assertThat(curl.toFile().setExecutable(true)).isTrue();
  }

  private static String sum(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private void list(String... lines) throws IOException {
    Files.write(dir.resolve("data.txt"), List.of(lines));
  }

  private String fetch(int exitCode) throws Exception {
    ProcessBuilder bash = new ProcessBuilder("bash", dir.resolve("fetch").toString(), "" + data);
    bash.environment().merge("PATH", dir.resolve("bin") + ":", (path, first) -> first + path);
    Process process = bash.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isEqualTo(exitCode);
    try (var left = Files.list(data)) {
      assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith("."));
    }
    return out;
  }

  private String text(String name) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(data.resolve(name)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFileWithTheRightSumIsWrittenOnce() throws Exception {
    Files.writeString(dir.resolve("x.csv"), "id,1\na,2\n");
    list("# x", "", "mine.csv " + sum("id,1\na,2\n") + " raw o/r/x.csv");

    assertThat(fetch(0)).contains("mine.csv.gz: written");
    assertThat(text("mine.csv.gz")).isEqualTo("id,1\na,2\n");
    Files.delete(dir.resolve("x.csv"));
    assertThat(fetch(0)).contains("mine.csv.gz: exists");
  }

  @Test
  void anotherSumIsNotWrittenAndAnotherFileIsKept() throws Exception {
    Files.createDirectory(data);
    Files.writeString(dir.resolve("x.csv"), "changed\n");
    Files.writeString(data.resolve("b.csv.gz"), "mine");
    list(
        "a.csv %1$s raw o/x.csv\nb.csv %1$s raw o/x.csv\nc.csv %1$s raw o/none.csv"
            .formatted(sum("x")));

    assertThat(fetch(1))
        .contains("a.csv.gz: expected SHA-256 %s, got %s".formatted(sum("x"), sum("changed\n")))
        .contains("b.csv.gz: expected SHA-256 " + sum("x") + ", got another file, which is kept")
        .contains("c.csv.gz: expected data of o/none.csv, got none");
    assertThat(data.resolve("b.csv.gz")).hasContent("mine");
    assertThat(data.resolve("a.csv.gz")).doesNotExist();
  }

  @Test
  void hoursAreMeansOfTheirValues() throws Exception {
    String row = "2020-11-01 %s:00+00:00,%s,9,9,1,2,3,4,5,6\n";
    Files.writeString(
        dir.resolve("x.csv"),
        "date,t1,event,event,t2,t3,t4,t5,t6,t7\n"
            + row.formatted("00:00", "1.0")
            + row.formatted("00:05", "2.0")
            + row.formatted("00:10", "2.0")
            + row.formatted("01:00", "7.0"));
    String hours =
        HOURS
            + "2020-11-01T00:00:00Z,1.666666667,1,2,3,4,5,6\n2020-11-01T01:00:00Z,7,1,2,3,4,5,6\n";
    list("l2c.csv " + sum(hours) + " hourly o/x.csv");

    assertThat(fetch(0)).contains("written");
    assertThat(text("l2c.csv.gz")).isEqualTo(hours);
  }
}
