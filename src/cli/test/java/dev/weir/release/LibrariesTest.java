package dev.weir.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The versions in docs/SECURITY.md are those that the build enforces and those on the class path.
 */
class LibrariesTest {

  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| ([\\w-]+) \\| ([\\d.]+(?:-\\d+)?)[^|]* \\| ([\\d.]+(?:-\\d+)?) \\|");

  private final String page = read("docs/SECURITY.md");
  private final String pom = read("pom.xml");
  private final String classPath = System.getProperty("java.class.path");

  @Test
  void buildRejectsVersionsOlderThanTheTableSays() {
    assertThat(Pattern.compile(":([\\w-]+):\\(,([^)]+)\\)<").matcher(pom).results())
        .extracting(banned -> banned.group(1) + " " + banned.group(2))
        .containsExactlyInAnyOrderElementsOf(
            ROW.matcher(page).results().map(row -> row.group(1) + " " + row.group(2)).toList())
        .contains("log4j-core 2.25.4");
  }

  /** Another Flink than the pom's brings other versions of some. */
  @Test
  void tableNamesTheVersionsOnTheClassPath() {
    String flink = pom.replaceFirst("(?s).*<flink\\.version>([^<]+)<.*", "$1");
    assumeThat(classPath).contains("/flink-runtime-" + flink + ".jar");
    assertThat(ROW.matcher(page).results())
        .hasSizeGreaterThan(12)
        .allSatisfy(row -> assertOnClassPath(row, ".jar"));
    assertThat(page.replace('\n', ' ')).contains("Flink " + flink + " shades");
    assertThat(
            Pattern.compile("(Netty|Jackson|Guava|ZooKeeper|Kryo) ([\\d.]+\\d)")
                .matcher(page)
                .results())
        .hasSize(5)
        .allSatisfy(shaded -> assertOnClassPath(shaded, ""));
  }

  /** As the build writes it where Maven prints colors. */
  @Test
  void sbomIsReadFromAColoredListOfArtifacts(@TempDir Path folder) throws Exception {
    String library =
        Stream.of(classPath.split(File.pathSeparator))
            .filter(entry -> entry.matches(".*[/\\\\]slf4j-api-[\\d.]+jar"))
            .findFirst()
            .orElseThrow();
    Path jar = Files.copy(Path.of(library), folder.resolve("weir-1-job.jar"));
    Path list = folder.resolve("artifacts.txt");
    Files.writeString(
        list,
        "   org.slf4j:slf4j-api:jar:2.0:compile:%s\u001b[36m -- module org.slf4j\u001b[0;1m\u001b[m"
            .formatted(library));
    Process sbom =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "src/release/Sbom.java",
                "1",
                list.toString(),
                jar.toString())
            .inheritIO()
            .start();
    assertThat(sbom.waitFor()).isZero();
    assertThat(folder.resolve("weir-1-job.cdx.json"))
        .content()
        .contains("pkg:maven/org.slf4j/slf4j-api@2.0");
    assertThat(read(".ci/run")).containsPattern("mvn -Dstyle.color=always verify (?!.*-B)");
  }

  private void assertOnClassPath(MatchResult library, String end) {
    String version = library.group(library.groupCount());
    assertThat(classPath)
        .containsPattern(
            "/(flink-shaded-)?"
                + library.group(1).toLowerCase(Locale.ROOT)
                + "(-\\d)?-"
                + Pattern.quote(version + end));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
