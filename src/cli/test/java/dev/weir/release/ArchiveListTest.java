package dev.weir.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code src/release/files.txt} takes into the archive of a release. */
class ArchiveListTest {

  private static List<String> listed() throws Exception {
    return Files.readAllLines(Path.of("src/release/files.txt")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.strip().split("\\s+")[0])
        .toList();
  }

  /** A pattern would take files that a person keeps beside ours, with passwords. */
  @Test
  void jobFilesAndSettingsAreNamedOneByOneAndNoneIsMissing() throws Exception {
    assumeTrue(Files.exists(Path.of(".git")), "knows which files are ours in a clone only");
    List<String> command = List.of("git", "-c", "safe.directory=*", "ls-files", "jobs", "conf");
    Process git =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String tracked = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(git.waitFor()).isZero();
    assertThat(listed())
        .filteredOn(line -> line.startsWith("jobs/") || line.startsWith("conf/"))
        .containsExactlyInAnyOrderElementsOf(tracked.lines().toList());
  }

  @Test
  void linksOfAlertsBeginWithTheUrlOfTheSources(@TempDir Path release) throws Exception {
    Files.createDirectory(release.resolve("licenses"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String url = "https://git.test/me/weir";
    List<String> command =
        List.of(java, "src/release/ArchiveFiles.java", ".", release.toString(), url);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    assertThat(Files.readString(release.resolve("files/conf/prometheus/weir.rules.yml")))
        .contains("runbook: " + url + "/blob/main/docs/metrics.md#weirnojob")
        .doesNotContain("example.invalid");
  }

  @Test
  void otherFoldersGiveFilesOfOneEnding() throws Exception {
    assertThat(listed())
        .hasSizeGreaterThan(20)
        .doesNotHaveDuplicates()
        .filteredOn(line -> line.contains("*"))
        .allMatch(line -> line.matches("[\\w/]+/\\*\\.\\w+"));
  }
}
