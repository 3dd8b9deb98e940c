package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationSeasonsTest {

  @Test
  void fileThatIsNotUtf8IsRefusedWithTheLine(@TempDir Path dir) throws IOException {
    Path seasons = dir.resolve("meta.csv");
    Files.writeString(
        seasons, "series_id,note,m\ngr\u00f6\u00dfe,hourly,24\n", StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> EvaluationSeasons.of(List.of(seasons.toString()), SeasonCounts.AUTO))
        .hasMessageStartingWith("meta.csv line 2: expected UTF-8 text, got the byte 0xF6");
  }

  private static EvaluationSeasons of(String... options) throws Exception {
    return EvaluationSeasons.of(List.of(options), new SeasonCounts(7, 365));
  }

  @Test
  void twoSeasonsAreTheLearnersAndTheFirstIsThatOfTheScores() throws Exception {
    assertThat(of("12, 40").second()).isEqualTo(40);
    assertThat(of("12,40").m("a")).isEqualTo(12);
    assertThat(of("12,40").learned("a")).isEqualTo(12);
    assertThat(of().second()).as("the job's").isEqualTo(365);
    assertThat(of("24").second()).as("not the job's").isEqualTo(LearnerSettings.NONE);
    assertThat(of("auto").second()).isEqualTo(LearnerSettings.NONE);
  }

  @Test
  void twoSeasonsThatCannotBeUsedAreRefused() {
    assertThatThrownBy(() -> of("365,7"))
        .hasMessage(
            "--season: expected a second season of more than 2 times the first, at most 10000 observations, got 365 and 7");
    assertThatThrownBy(() -> of("7,365", "auto"))
        .hasMessage("--season: expected two alone, got [7,365, auto]");
    assertThatThrownBy(() -> of("7,365,1461")).hasMessageStartingWith("--season: expected auto, ");
    assertThatThrownBy(() -> of("7,P365D"))
        .hasMessageStartingWith("--season: expected window.interval with a duration");
  }
}
