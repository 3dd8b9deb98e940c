package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weir.job.JobSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The profile registry of docker-compose.yml adds a registry to each command that needs it. */
class RegistryComposeFileTest {

  /** No service has a password. */
  @Test
  void eachPortIsPublishedOnLoopbackOnly() throws Exception {
    Map<String, Map<String, Object>> services = ComposeFile.services(true);
    assertThat(services).containsKey("registry");
    assertThat(services.get("registry")).containsEntry("profiles", List.of("registry"));
    assertThat(services.get("registry")).containsKey("ports");
    assertThat(services.values())
        .flatExtracting(service -> (List<?>) service.getOrDefault("ports", List.of()))
        .hasSizeGreaterThan(3)
        .allMatch(port -> port.toString().startsWith("127.0.0.1:"));
  }

  @Test
  void eachCommandAddsTheRegistryAndParses() throws Exception {
    for (String service : List.of("jobmanager", "producer", "tail")) {
      List<String> plain = ComposeFile.command(ComposeFile.services(false).get(service));
      List<String> registered = ComposeFile.command(ComposeFile.services(true).get(service));
      assertThat(registered).startsWith(plain.toArray(String[]::new));
      assertThat(registered.subList(plain.size(), registered.size()))
          .anyMatch(word -> word.endsWith("http://registry:8080/apis/ccompat/v7"));
      if (!service.equals("jobmanager")) {
        assertThatCode(() -> Weir.commandLine().parseArgs(registered.toArray(String[]::new)))
            .as("%s", registered)
            .doesNotThrowAnyException();
      }
    }
    List<String> job = ComposeFile.command(ComposeFile.services(true).get("jobmanager"));
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int i = 0; i < job.size(); i++) {
      if (job.get(i).equals("--set")) {
        String[] pair = job.get(i + 1).split("=", 2);
        overrides.put(pair[0], pair[1]);
      }
    }
    assertThat(
            JobSettings.read(Path.of("jobs", ComposeFile.DEFAULT_JOB), overrides)
                .kafka()
                .registry()
                .url())
        .isEqualTo("http://registry:8080/apis/ccompat/v7");
  }
}
