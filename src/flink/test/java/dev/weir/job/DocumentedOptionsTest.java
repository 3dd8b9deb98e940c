package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Options that a document names are options of the job file. */
class DocumentedOptionsTest {

  private static final String PROPERTIES = "kafka.properties";

  /** What looks like ours and is a file's name, Kafka's or Flink's. */
  private static final Pattern OTHERS = Pattern.compile(".*\\.(avsc|dlq|ms)|state\\.backend\\..*");

  private static Set<String> known() {
    Set<String> known = new HashSet<>(JobOptions.SHORT_FORMS.keySet());
    JobOptions.all().forEach(option -> known.add(option.key()));
    return known;
  }

  @Test
  void eachOptionInASentenceIsOne() {
    Set<String> known = known();
    Set<String> parents = new HashSet<>();
    known.forEach(key -> parents.add(key.replaceAll("\\..*", "")));
    Pattern option = Pattern.compile("([a-z]+)(\\.[a-z-]+)+");
    List<Piece> unknown = new ArrayList<>();
    int found = 0;
    for (Path file : Documents.all()) {
      for (Piece span : Documents.spans(file)) {
        String key = span.text().replaceAll("[:=].*", "");
        Matcher matcher = option.matcher(key);
        boolean ours = matcher.matches() && parents.contains(matcher.group(1));
        if (ours && !isKafkas(key) && !OTHERS.matcher(key).matches()) {
          found++;
          if (!known.contains(key) && known.stream().noneMatch(k -> isIn(k, key))) {
            unknown.add(span);
          }
        }
      }
    }
    assertThat(unknown).as("options that no job file has").isEmpty();
    assertThat(found).isGreaterThan(30);
  }

  @Test
  void eachPieceOfAJobFileHasOnlyOptionsOfOne() {
    Set<String> known = known();
    List<String> unknown = new ArrayList<>();
    int found = 0;
    for (Path file : Documents.all()) {
      for (Piece block : Documents.blocks(file, "yaml")) {
        Set<String> keys = new HashSet<>();
        keys(new Yaml(new SafeConstructor(new LoaderOptions())).load(block.text()), "", keys);
        keys.removeIf(DocumentedOptionsTest::isKafkas);
        found += keys.size();
        keys.stream()
            .filter(key -> !known.contains(key))
            .forEach(key -> unknown.add("%s:%d: %s".formatted(file, block.line(), key)));
      }
    }
    assertThat(unknown).as("keys that no job file has").isEmpty();
    assertThat(found).isGreaterThan(10);
  }

  private static boolean isIn(String key, String section) {
    return key.startsWith(section + ".") || key.startsWith(section + "[].");
  }

  @Test
  void eachPieceAboutAlarmsIsOneOfAJob() {
    String job =
        """
        name: pumps
        kafka: {bootstrap-servers: "broker:9092"}
        forecast: {many-to-one: {horizon: 12}}
        """;
    List<Piece> blocks = Documents.blocks(Path.of("docs", "anomalies.md"), "yaml");
    assertThat(blocks).hasSize(5);
    for (Piece block : blocks) {
      JobSettings settings =
          JobSettings.of(
              JobFile.parse(job + block.text(), "anomalies.md:" + block.line(), Map.of()),
              Path.of("."));
      assertThat(settings.forecast().modes().get(0).learning().alarms()).isNotNull();
    }
  }

  @Test
  void eachPieceAboutHolidaysIsOneOfAJob() throws IOException {
    String job =
        """
        name: demand
        kafka: {bootstrap-servers: "broker:9092"}
        forecast: {many-to-one: {horizon: 24}}
        """;
    Path page = Path.of("docs", "time.md");
    List<Piece> blocks =
        Documents.blocks(page, "yaml").stream()
            .filter(block -> block.text().contains("holidays:"))
            .toList();
    assertThat(blocks).hasSize(1);
    for (Piece block : blocks) {
      JobSettings settings =
          JobSettings.of(
              JobFile.parse(job + block.text(), "time.md:" + block.line(), Map.of()), Path.of("."));
      assertThat(settings.forecast().modes().get(0).learning().learner().holidays()).isNotNull();
    }
  }

  private static boolean isKafkas(String key) {
    return key.equals(PROPERTIES) || key.startsWith(PROPERTIES + ".");
  }

  private static void keys(Object node, String path, Set<String> keys) {
    if (node instanceof Map<?, ?> map) {
      map.forEach((key, value) -> keys(value, path.isEmpty() ? "" + key : path + "." + key, keys));
    } else if (node instanceof List<?> list && list.get(0) instanceof Map) {
      list.forEach(entry -> keys(entry, path + "[]", keys));
    } else {
      keys.add(path);
    }
  }
}
