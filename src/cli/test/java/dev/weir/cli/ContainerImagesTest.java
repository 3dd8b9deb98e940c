package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.weir.Http;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings.Topics;
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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * src/docker/Dockerfile and docker-compose.yml, without or with the profile registry, agree with
 * the build, the archive and each other, and src/docker/healthcheck answers as it should. Builds no
 * image and starts no container: src/docker/check does.
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
    services(true)
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
    JsonNode services = services(true);
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

  private static final Path DEFAULT_JOB = Path.of("jobs", "many-to-one.yaml");
  private static final String REGISTRY = "http://registry:8080/apis/ccompat/v7";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):([-+])([^}]+)}");

  private static JsonNode services;
  private static JsonNode withRegistry;

  @BeforeAll
  static void readServices() throws IOException {
    services = services(false);
    withRegistry = services(true);
  }

  private static JsonNode services(boolean registry) throws IOException {
    return yaml(text(registry)).get("services");
  }

  /** The file's text with each variable replaced, as in a shell that sets none of them. */
  private static String text(boolean registry) throws IOException {
    String text = Files.readString(Path.of("docker-compose.yml"));
    String replaced = VARIABLE.matcher(text).replaceAll(variable -> value(variable, registry));
    assertThat(replaced.replace("$$", "")).doesNotContain("${");
    return replaced;
  }

  private static String value(MatchResult variable, boolean registry) {
    boolean set = variable.group(1).equals("COMPOSE_PROFILES") && registry;
    boolean alternative = variable.group(2).equals("+");
    return Matcher.quoteReplacement(set == alternative ? variable.group(3) : "");
  }

  private static JsonNode yaml(String text) {
    return new ObjectMapper()
        .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(text));
  }

  private static JsonNode yaml(Path file) throws IOException {
    return yaml(Files.readString(file));
  }

  /** A service's command as words. */
  private static List<String> command(JsonNode services, String service) {
    return List.of(services.at("/" + service + "/command").asText().split(" +"));
  }

  @Test
  void eachMountedFileAndEachPathBelowOneIsThere() throws IOException {
    assertThat(mounts().values()).isNotEmpty().allMatch(Files::exists);
    Matcher paths = Pattern.compile("/opt/weir/[\\w./{}$?: -]*[\\w}]").matcher(text(false));
    int found = 0;
    while (paths.find()) {
      String inside = paths.group().split("[ :]")[0];
      assertThat(outside(inside)).as(inside).exists();
      found++;
    }
    assertThat(found).isGreaterThan(1);
  }

  @Test
  void commandsTakeTheOptionsThatTheyAreGiven() {
    for (JsonNode of : List.of(services, withRegistry)) {
      for (String service : List.of("producer", "tail")) {
        List<String> command = command(of, service);
        assertThatCode(() -> Weir.commandLine().parseArgs(command.toArray(String[]::new)))
            .as("%s: %s", service, command)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void theJobTakesTheOptionsThatItIsGiven() {
    List<String> command = command(services, "jobmanager");
    assertThat(command)
        .startsWith("standalone-job", "--job-classname", ForecastJob.class.getName(), "--");
    List<String> options = new ArrayList<>();
    for (String option : command.subList(4, command.size())) {
      options.add(option.startsWith("/opt/") ? outside(option).toString() : option);
    }
    options.add("--dry-run");
    assertThatCode(() -> ForecastJob.main(options.toArray(String[]::new)))
        .as("%s", options)
        .doesNotThrowAnyException();
  }

  @Test
  void profileAddsTheRegistryToEachCommandThatNeedsIt() throws Exception {
    assertThat(withRegistry.at("/registry/profiles")).hasToString("[\"registry\"]");
    for (String service : List.of("jobmanager", "producer", "tail")) {
      List<String> plain = command(services, service);
      List<String> registered = command(withRegistry, service);
      assertThat(registered).startsWith(plain.toArray(String[]::new));
      assertThat(registered.subList(plain.size(), registered.size()))
          .anyMatch(word -> word.endsWith(REGISTRY));
    }
    List<String> job = command(withRegistry, "jobmanager");
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int i = 0; i < job.size(); i++) {
      if (job.get(i).equals("--set")) {
        String[] pair = job.get(i + 1).split("=", 2);
        overrides.put(pair[0], pair[1]);
      }
    }
    assertThat(JobSettings.read(DEFAULT_JOB, overrides).kafka().registry().url())
        .isEqualTo(REGISTRY);
  }

  /** No service has a password. */
  @Test
  void eachPortIsPublishedOnLoopbackOnly() {
    assertThat(withRegistry.at("/registry/ports")).isNotEmpty();
    List<JsonNode> ports = new ArrayList<>();
    withRegistry.findValues("ports").forEach(of -> of.forEach(ports::add));
    assertThat(ports)
        .hasSizeGreaterThan(3)
        .allMatch(port -> port.asText().startsWith("127.0.0.1:"));
  }

  @Test
  void everybodyUsesKafkasAddressAndTheTopicsThatAreCreated() throws Exception {
    String listeners = services.at("/kafka/environment/KAFKA_ADVERTISED_LISTENERS").asText();
    assertThat(listeners.split(",")).contains("INSIDE://kafka:9092");
    for (String service : List.of("jobmanager", "producer", "tail")) {
      assertThat(command(services, service))
          .as(service)
          .anyMatch(word -> word.endsWith("kafka:9092"));
    }
    Topics topics = JobSettings.read(DEFAULT_JOB, Map.of()).kafka().topics();
    assertThat(services.at("/topics/entrypoint").toString())
        .contains(
            "topic " + topics.observations().first() + " ",
            "topic " + topics.forecasts() + " ",
            "topic " + topics.deadLetters() + " ",
            "topic " + topics.models() + " --partitions 1 --config cleanup.policy=compact");
    assertThat(command(services, "producer"))
        .containsSubsequence("--topic", topics.observations().first());
    assertThat(command(services, "tail")).containsSubsequence("--topic", topics.forecasts());
  }

  @Test
  void checkpointsAndSavepointsGoWhereTheVolumeIs() throws IOException {
    JsonNode checkpointing = yaml(Path.of("conf", "config.yaml")).at("/execution/checkpointing");
    Matcher owned =
        Pattern.compile("chown flink:flink (\\S+)")
            .matcher(Files.readString(Path.of("src", "docker", "Dockerfile")));
    assertThat(owned.find()).as("the image's folder, whose owner the volume takes").isTrue();
    for (String key : List.of("dir", "savepoint-dir")) {
      String folder = checkpointing.get(key).asText().replace("file://", "");
      for (String service : List.of("jobmanager", "taskmanager")) {
        assertThat(services.get(service).get("volumes"))
            .as("%s: %s", service, folder)
            .anyMatch(
                v ->
                    v.get("type").asText().equals("volume")
                        && folder.startsWith(v.get("target").asText() + "/"));
      }
      assertThat(folder).startsWith(owned.group(1) + "/");
    }
  }

  @Test
  void prometheusScrapesTheClusterAndGrafanaAsksPrometheusAndFindsTheDashboard() throws Exception {
    JsonNode reporter = yaml(Path.of("conf", "config.yaml")).at("/metrics/reporter/prom");
    String port = reporter.get("port").asText().split("-")[0]; // each container has one process
    JsonNode scraped = yaml(outside("/etc/prometheus/prometheus.yml")).get("scrape_configs");
    assertThat(scraped.toString())
        .contains("\"targets\":[\"jobmanager:" + port + "\"]")
        .contains("\"names\":[\"taskmanager\"],\"type\":\"A\",\"port\":" + port + ",");
    assertThat(services.has("jobmanager") && services.has("taskmanager")).isTrue();

    String provisioning = "/etc/grafana/provisioning/";
    JsonNode source =
        yaml(outside(provisioning + "datasources/prometheus.yaml")).at("/datasources/0");
    assertThat(source.get("url").asText()).isEqualTo("http://prometheus:9090");
    String folder =
        yaml(outside(provisioning + "dashboards/weir.yaml"))
            .at("/providers/0/options/path")
            .asText();
    String home =
        services.at("/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH").asText();
    assertThat(folder).isNotEmpty();
    assertThat(home).startsWith(folder + "/");
    assertThat(outside(home))
        .content()
        .contains("\"value\": \"" + source.get("uid").asText() + "\"");
  }

  /** Bind mounts: the path inside, and what it is on this side. */
  private static Map<String, Path> mounts() {
    Map<String, Path> mounts = new LinkedHashMap<>();
    for (JsonNode service : services) {
      for (JsonNode mount : service.path("volumes")) {
        if (mount.path("type").asText().equals("bind")) {
          mounts.put(mount.get("target").asText(), Path.of(mount.get("source").asText()));
        }
      }
    }
    return mounts;
  }

  private static Path outside(String inside) {
    return mounts().entrySet().stream()
        .filter(m -> (inside + "/").startsWith(m.getKey() + "/"))
        .map(m -> Path.of(m.getValue() + inside.substring(m.getKey().length())))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(inside + ": expected below one of " + mounts().keySet()));
  }
}
