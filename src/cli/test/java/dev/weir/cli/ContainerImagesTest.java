package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.weir.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * src/docker/Dockerfile agrees with the build, the archive and docker-compose.yml, and
 * src/docker/healthcheck answers as it should. Builds no image: src/docker/check does.
 */
class ContainerImagesTest {

  private static final Path DOCKERFILE = Path.of("src", "docker", "Dockerfile");

  /** Stages that become images, with their user. */
  private static final Map<String, String> IMAGES =
      Map.of("weir", "10001:10001", "job", "9999:9999");

  /** Instructions by stage; those before the first FROM have the name "". */
  private static final Map<String, List<String>> STAGES = new LinkedHashMap<>();

  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();
  private static String pom;

  @TempDir private Path dir;

  @BeforeAll
  static void read() throws IOException {
    pom = Files.readString(Path.of("pom.xml"));
    String text = Files.readString(DOCKERFILE).replaceAll("(?m)^\\s*#.*\\R", "");
    String stage = "";
    for (String line : text.replaceAll("\\\\\\R\\s*", "").split("\\R")) {
      if (line.startsWith("FROM ")) {
        stage = line.replaceFirst(".* AS ", "");
      }
      if (!line.isBlank()) {
        STAGES.computeIfAbsent(stage, s -> new ArrayList<>()).add(line);
      }
    }
    for (String line : STAGES.get("")) {
      String[] pair = line.replaceFirst("^ARG ", "").split("=", 2);
      DEFAULTS.put(pair[0], pair[1]);
    }
  }

  private static String property(String name) {
    Matcher value = Pattern.compile("<" + name + ">([^<]+)</").matcher(pom);
    assertThat(value.find()).as(name).isTrue();
    return value.group(1);
  }

  /** The arguments of a stage's instructions of one kind. */
  private static List<String> arguments(String stage, String instruction) {
    return STAGES.get(stage).stream()
        .filter(line -> line.startsWith(instruction + " "))
        .map(line -> line.substring(instruction.length() + 1))
        .toList();
  }

  private static String base(String stage) {
    return arguments(stage, "FROM").get(0).replaceFirst(" AS .*", "");
  }

  @Test
  void versionsAreThoseOfTheBuild() {
    String version = property("version");
    assertThat(DEFAULTS)
        .containsEntry("VERSION", version)
        .containsEntry("JAVA_IMAGE", "java-base")
        .containsEntry("FLINK_IMAGE", "flink-base");
    assertThat(base("flink-base"))
        .isEqualTo(
            "flink:%s-java%s"
                .formatted(property("flink.version"), property("maven.compiler.release")));
    assertThat(base("java-base"))
        .matches(
            "eclipse-temurin:%s\\.[\\d.]+_\\d+-jre-\\w+"
                .formatted(property("maven.compiler.release")));
    assertThat(STAGES.keySet())
        .containsExactlyInAnyOrder("", "java-base", "flink-base", "archive", "weir", "job");
    IMAGES
        .keySet()
        .forEach(
            stage ->
                assertThat(arguments(stage, "LABEL").toString())
                    .contains("org.opencontainers.image.version=\"${VERSION}\""));
  }

  @Test
  void eachBaseImageIsOneOfTheArgumentsOrEmpty() {
    for (String stage : List.of("archive", "weir", "job")) {
      assertThat(base(stage)).isIn("scratch", "${JAVA_IMAGE}", "${FLINK_IMAGE}");
    }
  }

  @Test
  void imagesRunAsANumericUserAndHaveAHealthCheck() {
    IMAGES.forEach(
        (stage, user) -> {
          List<String> lines = STAGES.get(stage);
          assertThat(arguments(stage, "USER")).as(stage).endsWith(user);
          int last = lines.indexOf("USER " + user);
          assertThat(lines.subList(last, lines.size()))
              .as("%s: nothing is done as another user, or by root, after it", stage)
              .noneMatch(line -> line.startsWith("RUN ") || line.startsWith("COPY "));
          assertThat(arguments(stage, "HEALTHCHECK")).as(stage).hasSize(1);
        });
  }

  @Test
  void copiedPathsAreInTheArchive() throws Exception {
    String jars = Files.readString(Path.of("src", "flink", "pom.xml"));
    List<String> taken = Files.readAllLines(Path.of("src", "release", "files.txt"));
    int copied = 0;
    for (String stage : IMAGES.keySet()) {
      for (String copy : arguments(stage, "COPY")) {
        if (!copy.startsWith("--from=archive ")) {
          continue;
        }
        String[] words = copy.split(" ");
        String source = words[words.length - 2];
        assertThat(source).startsWith("/weir-${VERSION}");
        String inside = source.substring("/weir-${VERSION}".length()).replaceFirst("^/", "");
        Matcher jar = Pattern.compile("weir-\\$\\{VERSION}-(\\w+)\\.jar").matcher(inside);
        if (jar.matches()) {
          assertThat(jars)
              .contains("<shadedClassifierName>" + jar.group(1) + "</shadedClassifierName>");
        } else if (!inside.isEmpty()) {
          assertThat(taken)
              .as("a folder or file that the archive takes over")
              .anyMatch(line -> (line + "/").startsWith(inside + "/"));
        }
        copied++;
      }
    }
    assertThat(copied).isEqualTo(5);
  }

  @Test
  void contextHasWhatTheDockerfileReadsAndNothingElse() throws Exception {
    List<String> kept =
        Files.readAllLines(Path.of(".dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    assertThat(arguments("archive", "ADD")).containsExactly("${ARCHIVE} /");
    String archive = DEFAULTS.get("ARCHIVE").replace("${VERSION}", "*");
    assertThat(kept).containsExactly("src/docker/healthcheck", archive);
    assertThat(arguments("weir", "COPY"))
        .anyMatch(copy -> copy.contains(" src/docker/healthcheck /opt/weir/bin/healthcheck"));
    assertThat(Path.of("src", "docker", "healthcheck")).isExecutable();
    assertThat(Files.readAllLines(Path.of(".dockerignore"))).contains("*");
  }

  @Test
  void composeBuildsTheseImagesAndRestrictsThem() throws Exception {
    Map<String, String> targets = new LinkedHashMap<>();
    ComposeFileIT.services(true)
        .fields()
        .forEachRemaining(
            service -> {
              JsonNode says = service.getValue();
              JsonNode build = says.path("build");
              if (build.isObject()) {
                String target = build.get("target").asText();
                boolean isJob = target.equals("job");
                targets.put(service.getKey(), target);
                assertThat(build.get("dockerfile").asText()).isEqualTo("src/docker/Dockerfile");
                assertThat(says.get("image").asText())
                    .isEqualTo((isJob ? "weir-job:" : "weir:") + property("version"));
                assertThat(says.get("cap_drop")).hasToString("[\"ALL\"]");
                assertThat(says.get("security_opt")).hasToString("[\"no-new-privileges:true\"]");
                assertThat(says.fieldNames())
                    .toIterable()
                    .as(service.getKey())
                    .doesNotContain("user", "entrypoint", "privileged");
                if (isJob) {
                  assertThat(build.get("args"))
                      .hasToString("{\"FLINK_IMAGE\":\"%s\"}".formatted(base("flink-base")));
                } else {
                  assertThat(says.get("read_only").booleanValue()).isTrue();
                  assertThat(says.get("tmpfs").toString()).startsWith("[\"/tmp:exec,");
                }
              }
            });
    assertThat(targets)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("jobmanager", "job", "taskmanager", "job", "producer", "weir", "tail", "weir"));
  }

  @Test
  void composePinsEachImageAndChecksEachService() throws Exception {
    JsonNode services = ComposeFileIT.services(true);
    services
        .fields()
        .forEachRemaining(
            each -> {
              JsonNode service = each.getValue();
              String name = each.getKey();
              assertThat(service.get("image").asText()).as(name).matches("[\\w./-]+:v?\\d[\\w.-]+");
              boolean checked = service.has("healthcheck") || service.has("build");
              boolean ends = name.equals("topics");
              assertThat(checked).as("%s has a health check", name).isNotEqualTo(ends);
            });
    assertThat(services.at("/kafka/image").asText())
        .isEqualTo("apache/kafka:" + property("kafka.version"));
    assertThat(services.at("/registry/image").asText())
        .endsWith(":" + property("apicurio.version"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard --port %d", "demo --port=%d --no-browser"})
  void pageIsHealthyWhileItAnswers(String command) throws Exception {
    HttpServer server = Http.serve("/", "text/html", "");
    String words = "java dev.weir.cli.Weir " + command.formatted(server.getAddress().getPort());
    try {
      assertThat(healthcheck(words)).isZero();
    } finally {
      server.stop(0);
    }
    assertThat(healthcheck(words)).isNotZero();
  }

  @Test
  void pageThatAnswersSomethingElseIsUnhealthy() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread answer =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  socket.getOutputStream().write("SSH-2.0\r\n".getBytes(StandardCharsets.US_ASCII));
                  socket.shutdownOutput();
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      answer.start();
      assertThat(healthcheck("tini -- weir dashboard --port " + server.getLocalPort()))
          .isEqualTo(1);
      answer.join();
    }
  }

  /** Also where an argument has the name of a command that serves a page. */
  @Test
  void otherCommandsAreHealthyWhileTheyRun() throws Exception {
    assertThat(healthcheck("java dev.weir.cli.Weir produce --topic demo --port 1")).isZero();
  }

  private int healthcheck(String words) throws Exception {
    Path file = dir.resolve("cmdline");
    Files.writeString(file, words.replace(' ', '\0') + "\0");
    Process check =
        new ProcessBuilder("src/docker/healthcheck", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return check.waitFor();
  }
}
