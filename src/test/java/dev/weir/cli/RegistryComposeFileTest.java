package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weir.job.JobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The commands of docker-compose.registry.yml are those of docker-compose.yml and a registry. */
class RegistryComposeFileTest {

  private static List<String> command(String file, String service) throws IOException {
    Map<String, Map<String, Map<String, List<String>>>> compose =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(Path.of(file)));
    return compose.get("services").get(service).get("command");
  }

  /** No password guards any of them. */
  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", "docker-compose.registry.yml"})
  void eachPortIsPublishedOnLoopbackOnly(String file) throws IOException {
    Map<String, Map<String, Map<String, List<String>>>> compose =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(Path.of(file)));
    assertThat(compose.get("services").values())
        .flatExtracting(service -> service.getOrDefault("ports", List.of()))
        .isNotEmpty()
        .allMatch(port -> port.toString().startsWith("127.0.0.1:"));
  }

  @Test
  void eachCommandAddsTheRegistryAndIsUnderstood() throws Exception {
    for (String service : List.of("jobmanager", "producer", "tail")) {
      List<String> plain = command("docker-compose.yml", service);
      List<String> registered = command("docker-compose.registry.yml", service);
      assertThat(registered).startsWith(plain.toArray(String[]::new));
      assertThat(registered.subList(plain.size(), registered.size()))
          .anyMatch(word -> word.endsWith("http://registry:8080/apis/ccompat/v7"));
      if (!service.equals("jobmanager")) {
        assertThatCode(() -> Weir.commandLine().parseArgs(registered.toArray(String[]::new)))
            .as("%s", registered)
            .doesNotThrowAnyException();
      }
    }
    List<String> job = command("docker-compose.registry.yml", "jobmanager");
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int i = 0; i < job.size(); i++) {
      if (job.get(i).equals("--set")) {
        String[] pair = job.get(i + 1).split("=", 2);
        overrides.put(pair[0], pair[1]);
      }
    }
    assertThat(
            JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides)
                .kafka()
                .registry()
                .url())
        .isEqualTo("http://registry:8080/apis/ccompat/v7");
  }
}
