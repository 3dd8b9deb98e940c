package dev.weir;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that packages are small and described, and import what src/imports.txt allows. */
class PackagesTest {

  private static final int MAX_FILES = 45;

  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/core/main/java"),
          Path.of("src/flink/main/java"),
          Path.of("src/cli/main/java"),
          Path.of("src/lab/main/java"));

  /** The names of libraries in src/imports.txt, each with the packages of the library. */
  private static final Map<String, String> LIBRARIES =
      Map.ofEntries(
          entry("Avro", "org\\.apache\\.avro\\."),
          entry("Commons CLI", "org\\.apache\\.commons\\.cli\\."),
          entry("Flink", "org\\.apache\\.flink\\.(?!table\\.)"),
          entry(
              "Flink core",
              "org\\.apache\\.flink\\.(?:api\\.common|configuration|core|metrics|types|util)\\."),
          entry(
              "Flink state",
              "org\\.apache\\.flink\\.(?:api\\.common\\.typeutils|api\\.java\\.typeutils\\.runtime"
                  + "|core\\.memory|metrics)\\."),
          entry("Flink table", "org\\.apache\\.flink\\.table\\."),
          entry("HdrHistogram", "org\\.HdrHistogram"),
          entry("ITU", "com\\.ethlo\\.time\\."),
          entry("Jackson", "com\\.fasterxml\\.jackson\\."),
          entry("Javalin", "io\\.javalin\\.|jakarta\\.servlet\\."),
          entry("JMH", "org\\.openjdk\\.jmh\\."),
          entry("Jetty", "org\\.eclipse\\.jetty\\."),
          entry("Jollyday", "de\\.focus_shift\\.jollyday\\."),
          entry("Log4j", "org\\.apache\\.logging\\."),
          entry("picocli", "picocli\\."),
          entry("other libraries", "ai\\.|com\\.amazon\\."),
          entry("Protobuf", "com\\.google\\.protobuf\\."),
          entry("SLF4J", "org\\.slf4j\\."),
          entry("SnakeYAML", "org\\.yaml\\.snakeyaml\\."),
          entry("Kafka broker", "kafka\\.|org\\.apache\\.kafka\\.(?:server|metadata)\\."),
          entry("Kafka clients", "org\\.apache\\.kafka\\.(?:clients|common|connect)\\."));

  private static final Path ALLOWED = Path.of("src/imports.txt");
  private static final String JDK = "java\\.|javax\\.|jdk\\.|com\\.sun\\.";

  /** Comments and texts, which may name what they like. */
  private static final Pattern WORDS =
      Pattern.compile(
          "\"{3}(?s:.*?)\"{3}|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+'"
              + "|//.*|/\\*(?s:.*?)\\*/");

  /** A class by its full name, in an import or in the code. */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.])[a-z]\\w*(?:\\.[a-z]\\w*)*\\.[A-Z*]\\w*");

  private static Map<Path, List<String>> packages;
  private static Map<String, String> allowed; // by package

  @BeforeAll
  static void list() throws IOException {
    packages = new HashMap<>();
    for (Path tree : SOURCES) {
      try (Stream<Path> paths = Files.walk(tree)) {
        packages.putAll(
            paths
                .filter(path -> path.toString().endsWith(".java"))
                .filter(path -> !path.endsWith("module-info.java"))
                .collect(
                    Collectors.groupingBy(
                        Path::getParent,
                        Collectors.mapping(
                            path -> path.getFileName().toString(), Collectors.toList()))));
      }
    }
    assertThat(packages).hasSizeGreaterThan(30);
    allowed =
        Files.readAllLines(ALLOWED).stream()
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(line -> line.split(":", 2))
            .collect(Collectors.toMap(line -> "dev.weir." + line[0], line -> line[1].strip()));
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

  @Test
  void eachImportIsAllowed() throws IOException {
    List<String> wrong = new ArrayList<>();
    TreeSet<String> unknown = new TreeSet<>(allowed.keySet());
    for (Path folder : packages.keySet()) {
      if (packages.get(folder).size() == 1) {
        continue; // nothing but the description
      }
      unknown.remove(name(folder));
      Pattern imported = allowed(name(folder));
      TreeSet<String> refused = new TreeSet<>();
      for (String file : packages.get(folder)) {
        String code = WORDS.matcher(Files.readString(folder.resolve(file))).replaceAll("");
        Matcher names = NAME.matcher(code);
        while (names.find()) {
          if (!imported.matcher(names.group()).lookingAt()) {
            refused.add(file + ": " + names.group());
          }
        }
      }
      refused.forEach(problem -> wrong.add(folder + "/" + problem));
    }
    assertThat(wrong).as("imports that %s does not allow", ALLOWED).isEmpty();
    assertThat(unknown).as("packages that %s names and nothing has", ALLOWED).isEmpty();
  }

  /** A package may also import from itself: constants and nested classes. */
  private static Pattern allowed(String name) {
    assertThat(allowed).as("%s", ALLOWED).containsKey(name);
    List<String> prefixes = new ArrayList<>(List.of(JDK, name.replace(".", "\\.") + "\\.[A-Z]"));
    for (String other : allowed.get(name).split(", ")) {
      String own = "dev\\.weir\\." + other.replace("..", "").replace(".", "\\.") + "\\.";
      String prefix = LIBRARIES.getOrDefault(other, other.endsWith("..") ? own : own + "[A-Z]");
      prefixes.add(prefix);
    }
    return Pattern.compile(String.join("|", prefixes));
  }

  /** The package whose sources a folder contains. */
  private static String name(Path folder) {
    Path tree = SOURCES.stream().filter(folder::startsWith).findFirst().orElseThrow();
    return tree.relativize(folder).toString().replace('/', '.');
  }
}
