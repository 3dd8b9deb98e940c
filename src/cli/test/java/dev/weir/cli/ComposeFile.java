package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml as Docker Compose reads it, without or with the profile registry. */
final class ComposeFile {

  static final String DEFAULT_JOB = "many-to-one.yaml";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):([-+])([^}]+)}");

  private ComposeFile() {}

  /** The file's text with each variable replaced, as in a shell that sets none of them. */
  static String text(boolean registry) throws IOException {
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

  static Map<String, Map<String, Object>> services(boolean registry) throws IOException {
    Map<String, Map<String, Map<String, Object>>> compose =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(text(registry));
    return compose.get("services");
  }

  /** A service's command as words. */
  static List<String> command(Map<String, Object> service) {
    return List.of(service.get("command").toString().split(" +"));
  }
}
