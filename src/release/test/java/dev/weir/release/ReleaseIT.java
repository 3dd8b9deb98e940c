package dev.weir.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/**
 * What {@code mvn -P release package} built: the archive, its launcher, the poms, the checksums.
 */
@Tag("release")
class ReleaseIT {

  /** A line of the license plugin: (license) ... name (group:artifact:version - url). */
  private static final Pattern LISTED =
      Pattern.compile("\\s+(\\(.*\\)) .*\\(([^:()\\s]+):([^:\\s]+):([^:\\s]+) - .*\\)");

  /** A link to another file; not to the net, nor within its page. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?![a-z]+:|#)([^)#\\s]+)(#[^)\\s]*)?\\)");

  private static final Pattern CLONE_PATH =
      Pattern.compile(
          "(target/weir|src/flink/main/(avro|resources)|src/core/main/(python|resources))\\S*");

  private static final Set<String> ONLY_IN_A_CLONE =
      Set.of(
          ".github/CONTRIBUTING.md",
          "src/core/RATIONALE.md",
          "src/flink/RATIONALE.md",
          "src/core/main/java/dev/weir/forecast",
          "src/core/main/java/module-info.java",
          "docker-compose.yml",
          "src/docker/Dockerfile",
          "src/flink/main/java/dev/weir/package-info.java",
          "src/flink/test/resources/savepoint/README.md",
          "src/flink/test/resources/state/README.md");

  private static final Path TARGET =
      Path.of(System.getProperty("job.jar")).toAbsolutePath().getParent();
  private static final Path DIST = TARGET.resolve("dist");
  private static final String NAME =
      Path.of(System.getProperty("job.jar")).getFileName().toString().replace("-job.jar", "");

  @TempDir static Path folder;
  private static Path home;

  @BeforeAll
  static void extract() throws Exception {
    Path place = Files.createDirectories(folder.resolve("with a space & more"));
    assertThat(run(place, Map.of(), "tar", "-xzf", DIST.resolve(NAME + ".tar.gz").toString()).code)
        .isZero();
    home = place.resolve(NAME);
  }

  @Test
  void eachBundledJarIsInTheListOfLicensesAndInTheSbom() throws Exception {
    Map<String, String> licenses = licenses();
    Set<String> components = new TreeSet<>();
    JsonNode sbom = new ObjectMapper().readTree(home.resolve("sbom.cdx.json").toFile());
    for (JsonNode component : sbom.path("components")) {
      components.add(
          component.path("name").asText() + "-" + component.path("version").asText() + ".jar");
    }
    Set<String> foreign = jars();
    foreign.removeIf(jar -> jar.startsWith("weir-"));
    assertThat(foreign).hasSizeGreaterThan(100);
    assertThat(licenses.keySet()).containsExactlyInAnyOrderElementsOf(foreign);
    assertThat(components).containsAll(foreign);
  }

  @Test
  void eachLibraryThatIsNotUnderTheApacheLicenseHasTheTextOfItsLicense() throws Exception {
    StringBuilder texts = new StringBuilder();
    for (String name : List.of("MIT", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0")) {
      texts.append(Files.readString(home.resolve("licenses/" + name + ".txt")));
    }
    String own;
    try (Stream<Path> found = Files.list(home.resolve("licenses"))) {
      own =
          found
              .filter(ReleaseIT::hasAFile)
              .map(each -> each.getFileName().toString())
              .collect(Collectors.joining("\n"));
    }
    Set<String> without = new TreeSet<>();
    licenses()
        .forEach(
            (jar, license) -> {
              String artifact = jar.replaceFirst("-[0-9].*", "");
              boolean named =
                  Pattern.compile("(?m)^" + Pattern.quote(artifact) + "\\b")
                      .matcher(own + "\n" + texts)
                      .find();
              boolean eclipse = license.contains("EDL") || license.contains("Eclipse Distribution");
              if (!license.contains("pache") && !named && !eclipse) {
                without.add(jar + " " + license);
              }
            });
    // Eclipse's are in jaxb.txt and jakarta-activation.txt
    assertThat(own).contains("jaxb.txt", "jakarta-activation.txt");
    assertThat(without).isEmpty();
  }

  @Test
  void theClassPathNamesTheJarsThatAreThere() throws Exception {
    List<String> named =
        Stream.of(Files.readString(home.resolve("lib/classpath")).strip().split(":"))
            .map(jar -> jar.replaceFirst("^lib/", ""))
            .toList();
    assertThat(named).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(jars());
  }

  @Test
  void ownersModesAndTimesDoNotDependOnTheMachine() throws Exception {
    Run listing =
        run(
            folder,
            Map.of("TZ", "UTC"),
            "tar",
            "--numeric-owner",
            "--full-time",
            "-tvzf",
            DIST.resolve(NAME + ".tar.gz").toString());
    assertThat(listing.out.lines())
        .isNotEmpty()
        .allMatch(
            line -> line.matches("(-rw-r--r--|[-d]rwxr-xr-x) 0/0 +\\d+ 2026-01-01 00:00:00 .*"))
        .filteredOn(line -> line.startsWith("-rwx"))
        .singleElement()
        .asString()
        .endsWith("/bin/weir");
  }

  @Test
  void theLauncherRunsThroughASymbolicLinkFromAnyFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("my weir"), home.resolve("bin/weir"));
    Run run = run(Path.of("/"), Map.of(), link.toString(), "--version");
    assertThat(run.out).isEqualTo(NAME.replace('-', ' ') + "\n");
    assertThat(run.code).isZero();
  }

  @Test
  void aForecastNeedsNothingButTheArchive() throws Exception {
    Run run =
        run(
            home,
            Map.of(),
            "bin/weir",
            "forecast",
            "--input",
            "sample/uci_bike.csv",
            "--horizon",
            "2");
    assertThat(run.code).as("%s", run).isZero();
    assertThat(run.out.lines().filter(line -> line.startsWith("uci_bike"))).hasSize(2);
    assertThat(run.err).doesNotContain("WARN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"11.0.2", "1.8.0_392"})
  void anOldJavaIsRejectedWithTheNextStep(String version, @TempDir Path jdk) throws Exception {
    fakeJava(jdk);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Run run = run(folder, Map.of("JAVA_HOME", jdk.toString()), weir(), "--version");
    String major = version.startsWith("1.8") ? "8" : "11";
    assertThat(run.err)
        .startsWith(
            "weir: needs a Java runtime, version 17 or later; found version " + major + " (")
        .contains("sudo apt-get install openjdk-17-jre-headless");
    assertThat(run.code).isEqualTo(1);
  }

  @Test
  void aMissingJavaIsReportedWithTheNextStep(@TempDir Path tools) throws Exception {
    for (String tool : List.of("bash", "dirname", "readlink", "sed")) {
      Path there = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          tools.resolve(tool), Files.exists(there) ? there : Path.of("/bin", tool));
    }
    Run run = run(folder, Map.of("JAVA_HOME", "", "PATH", tools.toString()), weir(), "--version");
    assertThat(run.err)
        .startsWith("weir: needs a Java runtime, version 17 or later; found no java in the PATH")
        .contains("or let JAVA_HOME point to the one you have");
    assertThat(run.code).isEqualTo(1);
  }

  @Test
  void aFolderWithAColonIsRejected(@TempDir Path other) throws Exception {
    Path bin = Files.createDirectories(other.resolve("12:30").resolve("bin"));
    Path copy = Files.copy(home.resolve("bin/weir"), bin.resolve("weir"));
    Run run = run(folder, Map.of(), "bash", copy.toString(), "--version");
    assertThat(run.err)
        .isEqualTo(
            "weir: expected a folder without a colon in its path, got %s: move it to another one\n"
                .formatted(bin.getParent().toRealPath()));
    assertThat(run.code).isEqualTo(1);
  }

  @Test
  void anIncompleteCopyIsRejected(@TempDir Path other) throws Exception {
    Files.createDirectory(other.resolve("bin"));
    Path copy = Files.copy(home.resolve("bin/weir"), other.resolve("bin/weir"));
    Run run = run(folder, Map.of(), "bash", copy.toString(), "--version");
    assertThat(run.err).contains("is not a complete release").contains("extract the whole archive");
    assertThat(run.code).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parent", "core", "flink", "cli"})
  void thePomHasWhatMavenCentralRequires(String module) throws Exception {
    Path target = TARGET.resolve(module);
    Element pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(target.resolve("flattened-pom.xml").toFile())
            .getDocumentElement();
    for (String tag :
        List.of(
            "groupId",
            "artifactId",
            "version",
            "name",
            "description",
            "url",
            "license",
            "developer",
            "scm",
            "connection")) {
      assertThat(pom.getElementsByTagName(tag).getLength()).as(tag).isPositive();
      assertThat(pom.getElementsByTagName(tag).item(0).getTextContent()).as(tag).isNotBlank();
    }
    assertThat(pom.getTextContent()).doesNotContain("${", "SNAPSHOT");
    if (!module.equals("parent")) {
      String jar = module.equals("flink") ? NAME : NAME.replace("weir-", "weir-" + module + "-");
      assertThat(target.resolve(jar + "-sources.jar")).isRegularFile();
      assertThat(target.resolve(jar + "-javadoc.jar")).isRegularFile();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA-256", "SHA-512"})
  void theChecksumsAreThoseOfTheFiles(String algorithm) throws Exception {
    String sums = algorithm.replace("-", "") + "SUMS";
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(DIST.resolve(sums))) {
      String name = line.replaceFirst("^\\w+ [ *]", "");
      names.add(name);
      byte[] sum =
          MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(DIST.resolve(name)));
      assertThat(line).startsWith(HexFormat.of().formatHex(sum));
    }
    try (Stream<Path> files = Files.list(DIST)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(file -> !file.matches("SHA(256|512)SUMS"))
          .containsExactlyInAnyOrderElementsOf(names);
    }
    assertThat(names)
        .contains(NAME + ".tar.gz", NAME + "-job.jar", NAME + "-sql.jar", NAME + ".pom")
        .hasSize(17);
    if (algorithm.equals("SHA-256")) {
      assertThat(run(DIST, Map.of(), "sha256sum", "--check", "--quiet", sums).code).isZero();
    }
  }

  /** But for what documents say of the sources. */
  @Test
  void linksOfTheDocumentsLeadToFilesOfTheArchive() throws Exception {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : texts(".md")) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path target = document.resolveSibling(link.group(1)).normalize();
        links++;
        if (!Files.exists(target) && !ONLY_IN_A_CLONE.contains(slashes(target))) {
          broken.add(home.relativize(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(100);
  }

  @Test
  void documentsAndStatementsNameThePathsOfTheArchive() throws Exception {
    Set<String> named = new TreeSet<>();
    for (Path file :
        Stream.of(".md", ".sql", ".yaml").flatMap(end -> texts(end).stream()).toList()) {
      for (String line : Files.readAllLines(file)) {
        boolean both = line.matches("\\| `(src|target)/.*` \\| `.*` \\|");
        Matcher path = CLONE_PATH.matcher(line);
        while (!both && path.find()) {
          named.add(home.relativize(file) + ": " + path.group());
        }
      }
    }
    named.removeIf(each -> each.matches("(CHANGELOG|docs/SECURITY)\\.md: .*"));
    assertThat(named).isEmpty();
    for (String folder : List.of("sample", "classes", "schemas", "models", "python")) {
      assertThat(home.resolve(folder)).isNotEmptyDirectory();
    }
    assertThat(home.resolve("jobs/forecast.sql"))
        .content()
        .contains("ADD JAR '" + NAME + "-sql.jar'");
  }

  private static List<Path> texts(String ending) {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.startsWith(home.resolve("licenses")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String slashes(Path file) {
    return home.relativize(file).toString().replace('\\', '/');
  }

  private static boolean hasAFile(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      return files.anyMatch(Files::isRegularFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** License of each jar but ours. */
  private static Map<String, String> licenses() throws IOException {
    Map<String, String> licenses = new TreeMap<>();
    for (String line : Files.readAllLines(home.resolve("THIRD-PARTY.txt"))) {
      Matcher listed = LISTED.matcher(line);
      if (listed.matches() && !listed.group(2).equals("dev.weir")) {
        licenses.put(listed.group(3) + "-" + listed.group(4) + ".jar", listed.group(1));
      }
    }
    return licenses;
  }

  private static Set<String> jars() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String weir() {
    return home.resolve("bin/weir").toString();
  }

  private static void fakeJava(Path jdk) throws IOException {
    Path java = Files.createDirectory(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 99\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private record Run(int code, String out, String err) {}

  private static Run run(Path directory, Map<String, String> environment, String... command)
      throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("%s ends", List.of(command))
        .isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
