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

/** Tests that packages are small and described, and import what their description allows. */
class PackagesTest {

  private static final int MAX_FILES = 45;

  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/core/main/java"),
          Path.of("src/flink/main/java"),
          Path.of("src/cli/main/java"),
          Path.of("src/lab/main/java"));

  /** The names of libraries in a package-info, each with the packages of the library. */
  private static final Map<String, String> LIBRARIES =
      Map.ofEntries(
          entry("the JDK", "java\\.|javax\\.|jdk\\.|com\\.sun\\."),
          entry("Avro", "org\\.apache\\.avro\\."),
          entry("Caffeine", "com\\.github\\.benmanes\\."),
          entry("Commons CLI", "org\\.apache\\.commons\\.cli\\."),
          entry("Flink", "org\\.apache\\.flink\\."),
          entry("HdrHistogram", "org\\.HdrHistogram\\."),
          entry("ITU", "com\\.ethlo\\.time\\."),
          entry("Jackson", "com\\.fasterxml\\.jackson\\."),
          entry("Javalin", "io\\.javalin\\.|jakarta\\.servlet\\."),
          entry("Jetty", "org\\.eclipse\\.jetty\\."),
          entry("Jollyday", "de\\.focus_shift\\.jollyday\\."),
          entry("Log4j", "org\\.apache\\.logging\\."),
          entry("picocli", "picocli\\."),
          entry("Protobuf", "com\\.google\\.protobuf\\."),
          entry("SLF4J", "org\\.slf4j\\."),
          entry("SnakeYAML", "org\\.yaml\\.snakeyaml\\."),
          entry("the Kafka broker", "kafka\\.|org\\.apache\\.kafka\\.(?:server|metadata)\\."),
          entry("the Kafka clients", "org\\.apache\\.kafka\\.(?:clients|common|connect)\\."));

  private static final Pattern ALLOWED = Pattern.compile("Allowed imports: (.*?)\\.(?: |$)");
  private static final Pattern OWN = Pattern.compile("(all packages of )?\\{@code ([\\w.]+)}");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([\\w.]+);", Pattern.MULTILINE);

  private static Map<Path, List<String>> packages;

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
  void eachImportIsAllowedByThePackageInfo() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path folder : packages.keySet()) {
      if (packages.get(folder).size() == 1) {
        continue; // nothing but the description
      }
      Pattern allowed = allowed(folder);
      TreeSet<String> refused = new TreeSet<>();
      for (String file : packages.get(folder)) {
        Matcher imports = IMPORT.matcher(Files.readString(folder.resolve(file)));
        while (imports.find()) {
          if (!allowed.matcher(imports.group(1)).lookingAt()) {
            refused.add(file + ": " + imports.group(1));
          }
        }
      }
      refused.forEach(problem -> wrong.add(folder + "/" + problem));
    }
    assertThat(wrong).as("imports that the package-info does not allow").isEmpty();
  }

  /** A package may also import from itself: constants and nested classes. */
  private static Pattern allowed(Path folder) throws IOException {
    String info =
        Files.readString(folder.resolve("package-info.java")).replaceAll("\\s+(?:\\* ?)?", " ");
    Matcher sentence = ALLOWED.matcher(info);
    assertThat(sentence.find()).as("%s: Allowed imports", folder).isTrue();
    String text = sentence.group(1);
    List<String> prefixes = new ArrayList<>();
    prefixes.add(name(folder).replace(".", "\\.") + "\\.[A-Z]");
    Matcher own = OWN.matcher(text);
    while (own.find()) {
      String name = "dev\\.weir\\." + own.group(2).replace(".", "\\.") + "\\.";
      prefixes.add(own.group(1) == null ? name + "[A-Z]" : name);
    }
    LIBRARIES.forEach(
        (name, prefix) -> {
          if (text.contains(name)) {
            prefixes.add(prefix);
          }
        });
    return Pattern.compile(String.join("|", prefixes));
  }

  /** The package whose sources a folder contains. */
  private static String name(Path folder) {
    Path tree = SOURCES.stream().filter(folder::startsWith).findFirst().orElseThrow();
    return tree.relativize(folder).toString().replace('/', '.');
  }
}
