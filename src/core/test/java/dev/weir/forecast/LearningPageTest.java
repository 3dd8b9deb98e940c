package dev.weir.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/learning.md says of the code what the code says. */
class LearningPageTest {

  private static final Path PAGE = Path.of("docs", "learning.md");

  @Test
  void theSizesAreThoseOfTheCode() throws Exception {
    assertThat(Files.readString(PAGE))
        .contains(row("values that analogs compare (w)", of -> of.memory().analogWindow()))
        .contains(row("neighbors (K)", of -> of.memory().analogNeighbours()))
        .contains(
            "| values looked back to, horizon up to 8 / beyond | %d / %d | %d / %d |"
                .formatted(
                    LearnerSettings.small(8).memory().tail(),
                    LearnerSettings.small(9).memory().tail(),
                    LearnerSettings.defaults(8).memory().tail(),
                    LearnerSettings.defaults(9).memory().tail()))
        .contains("| experts | %s | all |".formatted(names(LearnerSettings.small(2).experts())));
    assertThat(LearnerSettings.defaults(2).experts()).isEqualTo(Experts.NAMES);
  }

  private static String row(String what, Function<LearnerSettings, Integer> of) {
    return "| %s | %d | %d |"
        .formatted(what, of.apply(LearnerSettings.small(2)), of.apply(LearnerSettings.defaults(2)));
  }

  private static String names(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  @Test
  void everyExpertIsExplained() throws Exception {
    String page = Files.readString(PAGE);
    List<String> all = new ArrayList<>(Experts.NAMES);
    all.add(BaseModelExpert.NAME);
    assertThat(all).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }
}
