package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.job.ForecastJob;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
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
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * docker-compose.yml, without or with the profile registry, agrees with the rest of the project.
 * Starts no container, so images and their scripts are not tested here.
 */
class ComposeFileIT {
  private static final Path DEFAULT_JOB = Path.of("jobs", "many-to-one.yaml");
  private static final String REGISTRY = "http://registry:8080/apis/ccompat/v7";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):([-+])([^}]+)}");

  private static JsonNode services;
  private static JsonNode withRegistry;

  @BeforeAll
  static void read() throws IOException {
    services = services(false);
    withRegistry = services(true);
  }

  static JsonNode services(boolean registry) throws IOException {
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
