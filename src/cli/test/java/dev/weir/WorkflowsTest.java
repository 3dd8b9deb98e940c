package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Rules for .github: pinned actions, least permissions, limits of time, files that exist. */
class WorkflowsTest {

  private static final Path GITHUB = Path.of(".github");

  /** Text and content of each workflow. */
  private static final Map<String, String> TEXTS = new LinkedHashMap<>();

  private static final Map<String, JsonNode> WORKFLOWS = new LinkedHashMap<>();

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> files = Files.list(GITHUB.resolve("workflows"))) {
      for (Path file : files.sorted().toList()) {
        TEXTS.put(file.getFileName().toString(), Files.readString(file));
        WORKFLOWS.put(file.getFileName().toString(), yaml(file));
      }
    }
    assertThat(WORKFLOWS).containsOnlyKeys("ci.yml", "nightly.yml", "publish.yml", "release.yml");
  }

  private static JsonNode yaml(Path file) throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Object content = new Yaml(new SafeConstructor(options)).load(Files.readString(file));
    return new ObjectMapper().valueToTree(content);
  }

  private static List<JsonNode> jobs() {
    List<JsonNode> jobs = new ArrayList<>();
    WORKFLOWS.values().forEach(workflow -> workflow.get("jobs").forEach(jobs::add));
    return jobs;
  }

  private static List<JsonNode> steps() {
    List<JsonNode> steps = new ArrayList<>();
    jobs().forEach(job -> job.get("steps").forEach(steps::add));
    return steps;
  }

  /** A tag can be moved to other code, a commit cannot. */
  @Test
  void eachActionIsPinnedByCommitAndOneActionByOneCommit() {
    Map<String, String> pins = new LinkedHashMap<>();
    TEXTS.forEach(
        (file, text) -> {
          for (String line : text.lines().filter(l -> l.contains("uses:")).toList()) {
            Matcher pin =
                Pattern.compile(
                        "\\s*(- )?uses: ([\\w-]+/[\\w-]+)(@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+)")
                    .matcher(line);
            assertThat(pin.matches()).as("%s: %s", file, line).isTrue();
            assertThat(pins.merge(pin.group(2), pin.group(3), (old, same) -> old))
                .as(pin.group(2))
                .isEqualTo(pin.group(3));
          }
        });
    assertThat(pins).hasSizeGreaterThan(5);
  }

  @Test
  void workflowsMayOnlyReadAndEachJobHasALimit() {
    WORKFLOWS.forEach(
        (file, workflow) ->
            assertThat(workflow.get("permissions"))
                .as(file)
                .hasToString("{\"contents\":\"read\"}"));
    assertThat(TEXTS.values()).noneMatch(text -> text.contains("pull_request_target"));
    assertThat(jobs())
        .allSatisfy(
            job -> {
              assertThat(job.get("timeout-minutes").intValue()).isBetween(1, 120);
              assertThat(job.get("runs-on").asText()).matches("ubuntu-\\d\\d\\.\\d\\d");
            });
    assertThat(WORKFLOWS.get("ci.yml").get("jobs")).noneMatch(job -> job.has("permissions"));
  }

  /** An expression inside a script is text of somebody else that a shell would run. */
  @Test
  void scriptsTakeExpressionsFromTheEnvironment() {
    assertThat(steps())
        .filteredOn(step -> step.has("run"))
        .isNotEmpty()
        .allSatisfy(step -> assertThat(step.get("run").asText()).doesNotContain("${{"));
  }

  @Test
  void checkoutsKeepNoTokenAndJavaIsThatOfTheBuild() throws Exception {
    String release =
        Files.readString(Path.of("pom.xml"))
            .replaceFirst("(?s).*<maven\\.compiler\\.release>(\\d+)<.*", "$1");
    int found = 0;
    for (JsonNode step : steps()) {
      String uses = step.path("uses").asText();
      if (uses.startsWith("actions/checkout@")) {
        assertThat(step.at("/with/persist-credentials")).hasToString("false");
        found++;
      } else if (uses.startsWith("actions/setup-java@")) {
        assertThat(step.at("/with/java-version").asText()).isIn(release, "${{ matrix.java }}");
        found++;
      }
    }
    assertThat(found).isGreaterThan(6);
  }

  @Test
  void unitTestsRunOnEachSupportedJdk() {
    JsonNode tests = WORKFLOWS.get("ci.yml").at("/jobs/unit-tests");
    assertThat(tests.at("/strategy/matrix")).hasToString("{\"java\":[\"17\",\"21\",\"25\"]}");
    assertThat(tests.get("steps").toString()).contains("${{ matrix.java }}", "mvn -B test");
  }

  @Test
  void scriptsThatAreCalledExist() {
    List<String> called =
        steps().stream()
            .flatMap(step -> step.path("run").asText().lines())
            .map(line -> line.strip().split(" ")[0])
            .filter(word -> word.matches("(\\.ci|src/docker)/[\\w-]+"))
            .toList();
    assertThat(called)
        .containsExactly(
            ".ci/run",
            "src/docker/check",
            ".ci/nightly",
            ".ci/compare-deployed",
            ".ci/reproducible");
    assertThat(called).allSatisfy(script -> assertThat(Path.of(script)).isExecutable());
  }

  /** The archive lies where src/docker/Dockerfile expects it. */
  @Test
  void publishBuildsTheImagesOfTheDockerfile() throws Exception {
    String dockerfile = Files.readString(Path.of("src", "docker", "Dockerfile"));
    String folder =
        dockerfile.replaceFirst("(?s).*ARG ARCHIVE=(\\S+)/weir-\\$\\{VERSION}\\.tar\\.gz.*", "$1");
    assertThat(TEXTS.get("publish.yml"))
        .contains("FOLDER: " + folder + "\n", "file: src/docker/Dockerfile");
    assertThat(WORKFLOWS.get("publish.yml").at("/jobs/images/strategy/matrix/include"))
        .hasSize(2)
        .allSatisfy(
            target ->
                assertThat(dockerfile).contains(" AS " + target.get("target").asText() + "\n"));
  }

  /** A tag makes a draft and nothing public; what is public follows a person's decision. */
  @Test
  void onlyAPublishedReleasePushesImagesOrReadsSecrets() {
    assertThat(WORKFLOWS.get("publish.yml").get("true")) // YAML 1.1's "on"
        .hasToString("{\"release\":{\"types\":[\"published\"]}}");
    TEXTS.forEach(
        (file, text) -> {
          if (!file.equals("publish.yml")) {
            assertThat(text)
                .as(file)
                .doesNotContain("packages: write", "push: true", "secrets.", "deploy");
          }
        });
    assertThat(TEXTS.get("release.yml"))
        .contains(" --draft ", "--notes-file notes.md", "gh run list --workflow ci.yml");
  }

  @Test
  void bugReportAsksForVersionAndDoctor() throws Exception {
    JsonNode form = yaml(GITHUB.resolve("ISSUE_TEMPLATE/bug.yml"));
    assertThat(form.fieldNames()).toIterable().contains("name", "description", "body");
    List<String> ids = new ArrayList<>();
    List<String> required = new ArrayList<>();
    for (JsonNode field : form.get("body")) {
      assertThat(field.get("type").asText()).isIn("markdown", "textarea", "input", "dropdown");
      if (!field.get("type").asText().equals("markdown")) {
        ids.add(field.get("id").asText());
        assertThat(field.at("/attributes/label").isTextual()).isTrue();
        if (field.has("validations")) {
          required.add(field.get("id").asText());
        }
      }
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(required).contains("doctor", "version", "reproduce");
    assertThat(yaml(GITHUB.resolve("ISSUE_TEMPLATE/config.yml")).get("blank_issues_enabled"))
        .hasToString("true");
  }
}
