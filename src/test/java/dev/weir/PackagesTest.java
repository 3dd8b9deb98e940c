package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packages that a reader can take in at a glance. */
class PackagesTest {

  private static final int MAX_FILES = 20;

  private static Map<Path, List<String>> packages;

  @BeforeAll
  static void list() throws IOException {
    try (Stream<Path> paths = Files.walk(Path.of("src/main/java"))) {
      packages =
          paths
              .filter(path -> path.toString().endsWith(".java"))
              .collect(
                  Collectors.groupingBy(
                      Path::getParent,
                      Collectors.mapping(
                          path -> path.getFileName().toString(), Collectors.toList())));
    }
    assertThat(packages).hasSizeGreaterThan(30);
  }

  @Test
  void eachPackageIsSmall() {
    assertThat(packages)
        .allSatisfy(
            (path, files) -> assertThat(files).as("%s", path).hasSizeLessThanOrEqualTo(MAX_FILES));
  }

  @Test
  void eachPackageIsDescribed() {
    assertThat(packages)
        .allSatisfy(
            (path, files) -> assertThat(files).as("%s", path).contains("package-info.java"));
  }
}
