package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.learn.Experts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.network.TunedModelExpert;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/learning.md says of the code what the code says. */
class LearningPageTest {

  private static final Path PAGE = Path.of("docs", "learning.md");
  private static final Pattern CONSTANT =
      Pattern.compile("(?m)^\\| `([A-Za-z]+)\\.([A-Z_]+)` \\| ([-0-9.e]+) \\|");

  private static final Path JAVA = Path.of("src/core/main/java");
  private static final Path SOURCES = JAVA.resolve("dev/weir/forecast");

  @Test
  void eachConstantIsThatOfTheCode() throws Exception {
    Matcher rows = CONSTANT.matcher(Files.readString(PAGE));
    List<String> wrong = new ArrayList<>();
    int found = 0;
    while (rows.find()) {
      found++;
      double code = constant(rows.group(1), rows.group(2));
      // a float constant is meant as it is written
      if (Math.abs(code - Double.parseDouble(rows.group(3))) > 1e-7 * Math.abs(code)) {
        wrong.add("%s is %s in the code".formatted(rows.group(), code));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(found).isGreaterThan(40);
  }

  private static double constant(String type, String field) throws Exception {
    Path file;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      file = files.filter(f -> f.endsWith(type + ".java")).findFirst().orElseThrow();
    }
    String name = JAVA.relativize(file).toString().replace('/', '.').replaceFirst("\\.java$", "");
    Class<?> declaring = Class.forName(name);
    Field constant = declaring.getDeclaredField(field);
    constant.setAccessible(true);
    return ((Number) constant.get(null)).doubleValue();
  }

  @Test
  void theSizesAreThoseOfTheCode() throws Exception {
    assertThat(Files.readString(PAGE))
        .contains(row("values that analogs compare (w)", LearnerSettings::analogWindow))
        .contains(row("neighbors (K)", LearnerSettings::analogNeighbours))
        .contains(row("longest week, values", LearnerSettings::longestWeek))
        .contains(
            "| values looked back to, horizon up to 8 / beyond | %d / %d | %d / %d | %d / %d |"
                .formatted(
                    LearnerSettings.small(8).tail(),
                    LearnerSettings.small(9).tail(),
                    LearnerSettings.defaults(8).tail(),
                    LearnerSettings.defaults(9).tail(),
                    LearnerSettings.full(8).tail(),
                    LearnerSettings.full(9).tail()))
        .contains(
            "| experts | %s | %s | %s |"
                .formatted(
                    names(LearnerSettings.small(2).experts()),
                    "all but " + names(left(LearnerSettings.defaults(2))),
                    "all but " + names(left(LearnerSettings.full(2)))));
  }

  private static String row(String what, Function<LearnerSettings, Integer> of) {
    return "| %s | %d | %d | %d |"
        .formatted(
            what,
            of.apply(LearnerSettings.small(2)),
            of.apply(LearnerSettings.defaults(2)),
            of.apply(LearnerSettings.full(2)));
  }

  private static List<String> left(LearnerSettings settings) {
    return Experts.NAMES.stream().filter(name -> !settings.experts().contains(name)).toList();
  }

  private static String names(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  @Test
  void everyExpertIsExplained() throws Exception {
    String page = Files.readString(PAGE);
    List<String> all = new ArrayList<>(Experts.NAMES);
    all.add(BaseModelExpert.NAME);
    all.add(TunedModelExpert.NAME);
    assertThat(all).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }
}
