package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * docker-compose.yml agrees with the rest of the project. Starts no container, so images and their
 * scripts are not tested here.
 */
class ComposeFileIT {
  private static String text;
  private static Map<String, Map<String, Object>> services;

  @BeforeAll
  static void read() throws IOException {
    text = ComposeFile.text(false);
    services = ComposeFile.services(false);
  }

  @SuppressWarnings("unchecked") // YAML of ours
  private static <T> T child(Map<String, ?> map, String key) {
    assertThat(map).containsKey(key);
    return (T) map.get(key);
  }

  @Test
  void eachMountedFileIsThere() {
    assertThat(mounts().values()).isNotEmpty().allMatch(Files::exists);
  }

  @Test
  void eachPathBelowAMountIsThereOnThisSide() {
    Matcher paths = Pattern.compile("/opt/weir/[\\w./{}$?: -]*[\\w}]").matcher(text);
    int found = 0;
    while (paths.find()) {
      String inside = paths.group().split("[ :]")[0];
      assertThat(outside(inside)).as(inside).exists();
      found++;
    }
    assertThat(found).isGreaterThan(1);
  }

  @Test
  void commandsTakeTheOptionsThatTheyAreGiven() throws Exception {
    for (String service : List.of("producer", "tail")) {
      List<String> command = ComposeFile.command(services.get(service));
      assertThatCode(() -> Weir.commandLine().parseArgs(command.toArray(String[]::new)))
          .as("%s: %s", service, command)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theJobTakesTheOptionsThatItIsGiven() throws Exception {
    List<String> command = ComposeFile.command(services.get("jobmanager"));
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
  void everybodyUsesKafkasAddressAndTheTopicsThatAreCreated() throws Exception {
    Map<String, Object> kafka = child(services.get("kafka"), "environment");
    assertThat(kafka.get("KAFKA_ADVERTISED_LISTENERS").toString().split(","))
        .contains("INSIDE://kafka:9092");
    for (String service : List.of("jobmanager", "producer", "tail")) {
      List<String> command = ComposeFile.command(services.get(service));
      assertThat(command).as(service).anyMatch(word -> word.endsWith("kafka:9092"));
    }

    Topics topics =
        JobSettings.read(Path.of("jobs", ComposeFile.DEFAULT_JOB), Map.of()).kafka().topics();
    String create =
        String.join("\n", ComposeFileIT.<List<String>>child(services.get("topics"), "entrypoint"));
    assertThat(create)
        .contains(
            "topic " + topics.observations().first() + " ",
            "topic " + topics.forecasts() + " ",
            "topic " + topics.deadLetters() + " ",
            "topic " + topics.models() + " --partitions 1 --config cleanup.policy=compact");
    assertThat(ComposeFile.command(services.get("producer")))
        .containsSubsequence("--topic", topics.observations().first());
    assertThat(ComposeFile.command(services.get("tail")))
        .containsSubsequence("--topic", topics.forecasts());
  }

  @Test
  void checkpointsAndSavepointsGoWhereTheVolumeIs() throws IOException {
    Map<String, Object> flink =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(Path.of("conf", "config.yaml")));
    Map<String, Object> execution = child(flink, "execution");
    Map<String, Object> checkpointing = child(execution, "checkpointing");
    for (String key : List.of("dir", "savepoint-dir")) {
      String folder = checkpointing.get(key).toString().replace("file://", "");
      for (String service : List.of("jobmanager", "taskmanager")) {
        List<Map<String, Object>> volumes = child(services.get(service), "volumes");
        assertThat(volumes)
            .as("%s: %s", service, folder)
            .anyMatch(
                v -> v.get("type").equals("volume") && folder.startsWith(v.get("target") + "/"));
      }
      Matcher owned =
          Pattern.compile("chown flink:flink (\\S+)")
              .matcher(Files.readString(Path.of("src", "docker", "Dockerfile")));
      assertThat(owned.find()).as("the image's folder, whose owner the volume takes").isTrue();
      assertThat(folder).startsWith(owned.group(1) + "/");
    }
  }

  @Test
  void prometheusScrapesTheClusterAndGrafanaAsksPrometheusAndFindsTheDashboard() throws Exception {
    Map<String, Object> flink = yaml(Path.of("conf", "config.yaml"));
    Map<String, Object> reporters = child(child(flink, "metrics"), "reporter");
    Map<String, Object> reporter = child(reporters, "prom");
    String port = reporter.get("port").toString().split("-")[0]; // each container has one process
    String scraped =
        child(yaml(outside("/etc/prometheus/prometheus.yml")), "scrape_configs").toString();
    assertThat(scraped)
        .contains("targets=[jobmanager:" + port + "]")
        .contains("names=[taskmanager], type=A, port=" + port + ",");
    assertThat(services).containsKeys("jobmanager", "taskmanager");

    Map<String, Object> sources =
        yaml(outside("/etc/grafana/provisioning/datasources/prometheus.yaml"));
    Map<String, Object> source =
        ComposeFileIT.<List<Map<String, Object>>>child(sources, "datasources").get(0);
    assertThat(source.get("url")).isEqualTo("http://prometheus:9090");
    Map<String, Object> provisioned =
        yaml(outside("/etc/grafana/provisioning/dashboards/weir.yaml"));
    Map<String, Object> provider =
        ComposeFileIT.<List<Map<String, Object>>>child(provisioned, "providers").get(0);
    String folder =
        ComposeFileIT.<Map<String, Object>>child(provider, "options").get("path").toString();
    Map<String, Object> environment = child(services.get("grafana"), "environment");
    String home = environment.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH").toString();
    assertThat(home).startsWith(folder + "/");
    assertThat(outside(home)).content().contains("\"value\": \"" + source.get("uid") + "\"");
  }

  private static Map<String, Object> yaml(Path file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }

  /** Bind mounts: the path inside, and what it is on this side. */
  private static Map<String, Path> mounts() {
    Map<String, Path> mounts = new LinkedHashMap<>();
    for (Map<String, Object> service : services.values()) {
      List<Map<String, Object>> volumes =
          service.containsKey("volumes") ? child(service, "volumes") : List.of();
      for (Object volume : volumes) {
        if (volume instanceof Map<?, ?> mount && "bind".equals(mount.get("type"))) {
          mounts.put(mount.get("target").toString(), Path.of(mount.get("source").toString()));
        }
      }
    }
    return mounts;
  }

  private static Path outside(String inside) {
    return mounts().entrySet().stream()
        .filter(m -> inside.equals(m.getKey()) || inside.startsWith(m.getKey() + "/"))
        .map(
            m ->
                m.getValue()
                    .resolve(inside.substring(Math.min(inside.length(), m.getKey().length() + 1))))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(inside + ": expected below one of " + mounts().keySet()));
  }
}
