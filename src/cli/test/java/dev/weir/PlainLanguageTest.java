package dev.weir;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Words that made sentences hard to read, each with a plain replacement. */
class PlainLanguageTest {

  private static final Pattern WORDS =
      Stream.of(
              "anew", // again
              "whoever", // the user, the caller
              "at hand", // current
              "for ever", // forever
              "(?:is|are|be) told", // receives
              "(?:is|are) none", // absent, without
              "who may", // users with the right to
              "(?:some|many|none) of which", // including
              "thereby", // which
              "(?:goes|went) by", // follows
              "holds that", // tests that
              "stands?(?! (?:alone|for))", // is, is written
              "mends?", // fixes
              "doors?", // endpoint, input
              "put down", // documented
              "begun", // started
              "learnt", // learned
              "spelt", // spelled
              "(?:MOST|LONGEST)_\\w+") // MAX_
          .collect(collectingAndThen(joining("|", "\\b(?:", ")\\b"), Pattern::compile));

  /** Between the words of an identifier in camel case. */
  private static final Pattern HUMP =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  private static final List<String> TREES =
      List.of(
          "src/core/main",
          "src/core/test",
          "src/flink/main",
          "src/flink/test",
          "src/cli/main",
          "src/cli/test",
          "src/lab",
          "docs",
          "jobs",
          "conf");

  private static final List<String> FILES =
      List.of(
          "README.md",
          "src/core/RATIONALE.md",
          "src/flink/RATIONALE.md",
          "CHANGELOG.md",
          ".github/CONTRIBUTING.md",
          "weir");

  private static final Pattern TEXT =
      Pattern.compile(".*\\.(java|py|js|css|html|md|ya?ml|properties|sql|avsc|json)");

  @Test
  void textsUsePlainWords() throws IOException {
    List<Path> files = new ArrayList<>(FILES.stream().map(Path::of).toList());
    for (String tree : TREES) {
      try (Stream<Path> paths = Files.walk(Path.of(tree))) {
        paths
            .filter(path -> TEXT.matcher(path.toString()).matches())
            .filter(path -> !path.endsWith("PlainLanguageTest.java"))
            .forEach(files::add);
      }
    }
    assertThat(files).hasSizeGreaterThan(700);
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (WORDS.matcher(lines.get(i)).find()
            || file.toString().endsWith(".java") && WORDS.matcher(words(lines.get(i))).find()) {
          found.add("%s:%d: %s".formatted(file, i + 1, lines.get(i).strip()));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** A line with its identifiers split into words. */
  private static String words(String line) {
    return HUMP.matcher(line).replaceAll(" ").toLowerCase(Locale.ROOT);
  }

  @Test
  void identifiersAreSplitIntoWords() {
    assertThat(words("void aSeriesLearnsAnew()")).isEqualTo("void a series learns anew()");
    assertThat(words("aNewOne")).isEqualTo("a new one");
  }
}
